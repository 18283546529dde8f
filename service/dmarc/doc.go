// Package dmarc evaluates DMARC as RFC 9989 defines it: the policy record, the
// tree walk, policy discovery, alignment and the result, with the result of RFC
// 7489 beside it while receivers of both exist.
//
// [Discover] asks, [Discovery.Evaluate] judges; [Evaluate] does both. [Parse] reads
// one record and keeps all its faults, [TreeWalk] and [ReportDomain] serve those
// who check a domain rather than a message, and [AuthorDomain] finds the author
// domain of a message.
package dmarc
