package domain

import (
	"fmt"
	"slices"
	"time"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/finding"
)

// dnssecRules judge whether answers are secured.
var dnssecRules = []rule{
	{
		Code: "DNSSEC_SECURE", Severity: finding.Info, Area: finding.DNSSEC,
		Title:      "The zone is secured by DNSSEC",
		References: []string{"RFC 4035 section 5"},
		Needs:      topicDNSSEC | topicExistence,
		Find: func(f *Facts) []finding.Hit {
			s := f.DNSSEC.Value
			if !s.Secure || !s.DelegationSigned || !f.Existence.Value.Domain {
				return nil
			}
			return []finding.Hit{{
				Subject: s.Zone, Evidence: lines(s.Delegation), Detail: fmt.Sprintf("The chain of keys from the root to %s is in order: a validating resolver authenticates the zone.", s.Zone),
			}}
		},
	},
	{
		Code: "DNSSEC_UNSIGNED", Severity: finding.Info, Area: finding.DNSSEC,
		Title:      "The zone is not signed",
		References: []string{"RFC 4035 section 5.2"},
		Needs:      topicDNSSEC | topicExistence,
		Find: func(f *Facts) []finding.Hit {
			s := f.DNSSEC.Value
			if s.DelegationSigned || s.Signed || !f.Existence.Value.Domain {
				return nil
			}
			return []finding.Hit{{
				Subject: s.Zone, Detail: fmt.Sprintf("The parent of %s has no DS record: the zone is not signed.", s.Zone),
			}}
		},
	},
	{
		Code: "DNSSEC_ISLAND", Severity: finding.Warning, Area: finding.DNSSEC,
		Title:      "The zone is signed, but its parent does not know",
		Remedy:     "Have the registrar publish the DS record of the zone's key.",
		References: []string{"RFC 4035 section 5.2"},
		Needs:      topicDNSSEC | topicExistence,
		Find: func(f *Facts) []finding.Hit {
			s := f.DNSSEC.Value
			if s.DelegationSigned || !s.Signed || !f.Existence.Value.Domain {
				return nil
			}
			return []finding.Hit{{
				Subject: s.Zone, Evidence: []string{resolver.Absolute(s.Zone) + " DS: none"},
				Detail: fmt.Sprintf("%s has a DNSKEY, but its parent has no DS record: nobody validates the signatures.", s.Zone),
			}}
		},
	},
	{
		Code: "DNSSEC_BOGUS", Severity: finding.Error, Area: finding.DNSSEC,
		Title:      "DNSSEC validation fails",
		Remedy:     "Sign the zone anew, or correct or remove the DS record at the parent: validating receivers see no domain.",
		References: []string{"RFC 4035 section 5.5", "RFC 8914 section 4"},
		Find: func(f *Facts) []finding.Hit {
			var evidence []string
			var question resolver.Question
			for _, x := range f.Failures {
				if x.Kind == resolver.Bogus && resolver.Within(x.Question.Name, f.Organizational) {
					question = x.Question
					evidence = append(evidence, x.Question.Name+" "+x.Reason)
				}
			}
			slices.Sort(evidence)
			evidence = slices.Compact(evidence)
			if len(evidence) == 0 {
				return nil
			}
			h := finding.Hit{
				Subject: f.Organizational, Evidence: evidence,
				Detail: fmt.Sprintf("Validating resolvers refuse %d answers of %s: mail systems that use them see nothing there.", len(evidence), f.Organizational),
			}
			if len(evidence) == 1 {
				h.Detail = fmt.Sprintf("Validating resolvers refuse the answer to %s: mail systems that use them see nothing there.", question)
			}
			if f.DNSSEC.Value.Secure {
				h.Remedy = "Have the records signed anew: the zone's keys are in order, the signatures of these records are not."
			}
			return []finding.Hit{h}
		},
	},
	{
		Code: "DNSSEC_SIGNATURE_EXPIRING", Severity: finding.Warning, Area: finding.DNSSEC,
		Title:      "A signature ends soon",
		Remedy:     "Find out why the zone is not signed anew.",
		References: []string{"RFC 4034 section 3.1.5"},
		Needs:      topicDNSSEC,
		Find: func(f *Facts) []finding.Hit {
			var list []string
			for _, s := range f.DNSSEC.Value.Expiring {
				list = append(list, fmt.Sprintf("%s of %s at %s", s.Type, s.Name, s.Expires.Format(time.RFC3339)))
			}
			if len(list) == 0 {
				return nil
			}
			return []finding.Hit{{
				Subject: f.DNSSEC.Value.Zone, Detail: "Signatures end within 48 hours: " + and(list) + ".", Evidence: list,
			}}
		},
	},
}

// delegationRules judge the zone that the domain lies in, as an ordinary resolver
// shows it.
var delegationRules = []rule{
	{
		Code: "NS_DOMAIN_NOT_FOUND", Severity: finding.Error, Area: finding.Delegation,
		Title:      "The domain does not exist",
		Remedy:     "Check the spelling; if it is right, register the domain, or have the registrar delegate it.",
		References: []string{"RFC 8020 section 2"},
		Needs:      topicExistence,
		Find: func(f *Facts) []finding.Hit {
			e := f.Existence.Value
			if e.Domain {
				return nil
			}
			h := finding.Hit{
				Subject: e.Registrable, Evidence: []string{resolver.Absolute(e.Registrable) + " SOA: NXDOMAIN"},
				Detail: fmt.Sprintf("The domain %s is not registered, or not delegated.", e.Registrable),
			}
			if e.NoTop != "" {
				h.Detail = fmt.Sprintf("There is no top-level domain %s, and so no domain %s.", e.NoTop, e.Registrable)
				h.Remedy = "Check the spelling: nobody can register this domain."
			}
			return []finding.Hit{h}
		},
	},
	{
		Code: "NS_REGISTRY_HOLD", Severity: finding.Error, Area: finding.Delegation,
		Title:      "The domain is held by its registry or registrar",
		Remedy:     "Ask the registrar why: the domain has expired, is suspended, or its owner's address was not confirmed.",
		References: []string{"https://www.icann.org/resources/pages/epp-status-codes-2014-06-16-en"},
		Needs:      topicDelegation,
		Find: func(f *Facts) []finding.Hit {
			d := f.Delegation.Value
			if !held(d) {
				return nil
			}
			return []finding.Hit{{
				Subject: d.Zone, Evidence: lines(d.Records), Detail: fmt.Sprintf("The name servers of %s are those of a registrar for domains that are expired or suspended.", d.Zone),
			}}
		},
	},
	{
		Code: "NS_DANGLING", Severity: finding.Error, Area: finding.Delegation,
		Title:      "A name server lies below a domain that nobody has registered",
		Remedy:     "Remove the name server from the zone and from its parent: whoever registers its domain owns the zone.",
		References: []string{"RFC 1034 section 4.2.2"},
		Needs:      topicDelegation,
		Find: func(f *Facts) []finding.Hit {
			var out []finding.Hit
			zone := f.Delegation.Value.Zone
			for _, s := range f.Delegation.Value.Servers {
				if s.Unregistered != "" {
					out = append(out, finding.Hit{
						Subject: s.Host, Evidence: []string{line(zone, resolver.TypeNS, resolver.Absolute(s.Host)), resolver.Absolute(s.Unregistered) + " SOA: NXDOMAIN"},
						Detail:  fmt.Sprintf("The domain %s of the name server %s does not exist: whoever registers it answers for %s.", s.Unregistered, s.Host, zone),
						Changes: []finding.Change{{Action: finding.Remove, Name: zone, Type: "NS", Current: resolver.Absolute(s.Host)}},
					})
				}
			}
			return out
		},
	},
	{
		Code: "NS_SINGLE_SERVER", Severity: finding.Warning, Area: finding.Delegation,
		Title:      "The zone depends on one server",
		Remedy:     "Add a name server in another network.",
		References: []string{"RFC 2182 section 5"},
		Needs:      topicDelegation | topicNSHosts,
		Find: func(f *Facts) []finding.Hit {
			d := f.Delegation.Value
			h := finding.Hit{Subject: d.Zone, Evidence: lines(d.Records)}
			switch same := oneAddress(d.Servers); {
			case len(d.Servers) == 1:
				h.Detail = fmt.Sprintf("%s is the only name server of %s: when it fails, the domain is gone.", d.Servers[0].Host, d.Zone)
			case len(d.Servers) > 1 && same != "":
				h.Detail = fmt.Sprintf("All name servers of %s have the one address %s: when it fails, the domain is gone.", d.Zone, same)
			default:
				return nil
			}
			return []finding.Hit{h}
		},
	},
	{
		Code: "NS_APEX_CNAME", Severity: finding.Error, Area: finding.Delegation,
		Title:      "The domain itself is an alias",
		Remedy:     "Put the records of the target in the place of the CNAME: a domain with mail or a zone of its own cannot be an alias.",
		References: []string{"RFC 1034 section 3.6.2"},
		Needs:      topicDelegation,
		Find: func(f *Facts) []finding.Hit {
			d := f.Delegation.Value
			if d.ApexAlias == "" {
				return nil
			}
			return []finding.Hit{{
				Subject: f.Request.Domain, Evidence: []string{line(f.Request.Domain, resolver.TypeCNAME, resolver.Absolute(d.ApexAlias))},
				Detail: fmt.Sprintf("%s is an alias for %s, so that its MX and TXT records are that name's, or vanish.", f.Request.Domain, d.ApexAlias),
			}}
		},
	},
	{
		Code: "NS_EMPTY_NONTERMINAL", Severity: finding.Warning, Area: finding.Delegation,
		Title:      "The zone denies a name below which there are records",
		Remedy:     "Have the DNS host answer NODATA for names that have records below them.",
		References: []string{"RFC 8020 section 2"},
		Needs:      topicDKIMHints,
		Find: func(f *Facts) []finding.Hit {
			name := "_domainkey." + f.Request.Domain
			if !f.DKIM.Value.EmptyNonTerminal {
				return nil
			}
			return []finding.Hit{{
				Subject: name, Evidence: append([]string{resolver.Absolute(name) + " TXT: NXDOMAIN"}, keyLines(f.DKIM.Value.Keys)...),
				Detail: fmt.Sprintf("The answer for %s is NXDOMAIN although a key stands below it: resolvers may stop there and never see the key.", name),
			}}
		},
	},
	{
		Code: "NS_WILDCARD", Severity: finding.Notice, Area: finding.Delegation,
		Title:      "Any name below the domain has text",
		Remedy:     "Remove the wildcard TXT record, unless it is meant.",
		References: []string{"RFC 4592 section 2"},
		Needs:      topicWildcard,
		Find: func(f *Facts) []finding.Hit {
			w := f.Wildcard.Value
			name := w.Probe
			if len(w.Texts) == 0 {
				name = w.KeyProbe
			}
			if len(w.Records) == 0 {
				return nil
			}
			return []finding.Hit{{
				Subject: f.Request.Domain, Evidence: lines(w.Records),
				Detail: fmt.Sprintf("A name that nobody made (%s) has text too; such answers do not count as records.", name),
			}}
		},
	},
}

// holdServers are names at or below which the servers lie that registries and
// registrars use for expired and suspended domains.
var holdServers = []string{
	"expirationwarning.net", "pendingrenewaldeletion.com", "renewyourname.net", "suspended-domain.com",
	"failed-whois-verification.namecheap.com", "verify-contact-details.namecheap.com",
}

// held tells whether all servers are such.
func held(d Delegation) bool {
	return len(d.Servers) > 0 && !slices.ContainsFunc(d.Servers, func(s NameServer) bool {
		return !slices.ContainsFunc(holdServers, func(zone string) bool { return resolver.Within(s.Host, zone) })
	})
}

// oneAddress is the address that all servers share, "" when they have more.
func oneAddress(servers []NameServer) string {
	var list []string
	for _, s := range servers {
		for _, ip := range s.All() {
			list = append(list, ip.String())
		}
	}
	slices.Sort(list)
	if list = slices.Compact(list); len(list) == 1 {
		return list[0]
	}
	return ""
}
