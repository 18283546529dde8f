// Package dkim reads DKIM key records and verifies DKIM signatures (RFC 6376,
// with RFC 8301, RFC 8463 and RFC 8616).
//
// The key side, [ParseKey] and [LookupKey], tells each way in which a published
// record can be wrong. The verifying side, [Verify] or [Read] and [Start], reads
// a message once, however many signatures it has, and in constant memory.
package dkim
