package domain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/finding"
)

// servicesRules judge what mail clients find.
var servicesRules = []rule{
	{
		Code: "SRV_FOUND", Severity: finding.Info, Area: finding.Services,
		Title:      "Mail clients find services",
		References: []string{"RFC 6186 section 3"},
		Needs:      topicServices,
		Find: func(f *Facts) []finding.Hit {
			var list []string
			var evidence []string
			for _, s := range f.Services.Value.Found {
				if s.Target != "." {
					list = append(list, fmt.Sprintf("%s at %s port %d", s.Label, s.Target, s.Port))
					evidence = append(evidence, s.Record.String())
				}
			}
			if len(list) == 0 {
				return nil
			}
			return []finding.Hit{{Subject: f.Request.Domain, Detail: "Mail clients find " + and(list) + ".", Evidence: evidence}}
		},
	},
	{
		Code: "SRV_NOT_OFFERED", Severity: finding.Info, Area: finding.Services,
		Title:      "A service is declared absent",
		References: []string{"RFC 2782"},
		Find: func(f *Facts) []finding.Hit {
			return forServices(f, func(s Service) (string, bool) {
				return fmt.Sprintf("%s declares that it does not offer %s.", f.Request.Domain, s.Label), s.Target == "."
			})
		},
	},
	{
		Code: "SRV_TARGET_UNRESOLVABLE", Severity: finding.Warning, Area: finding.Services,
		Title:      "A service for mail clients leads nowhere",
		Remedy:     "Give the host an address, or remove the record.",
		References: []string{"RFC 2782"},
		Find: func(f *Facts) []finding.Hit {
			out := forServices(f, func(s Service) (string, bool) {
				return fmt.Sprintf("%s is offered at %s, which has no address.", s.Label, s.Target), s.Target != "." && s.Resolves.Err == nil && !s.Resolves.Value
			})
			for i, h := range out {
				for _, s := range f.Services.Value.Found {
					if s.Record.Name == h.Subject && s.Resolves.Err == nil && !s.Resolves.Value && s.Target != "." {
						out[i].Changes = append(out[i].Changes, finding.Change{Action: finding.Remove, Name: s.Record.Name, Type: "SRV", Current: s.Record.Value})
					}
				}
			}
			for _, a := range f.Services.Value.Aliases {
				if a.Resolves.Err == nil && !a.Resolves.Value {
					out = append(out, finding.Hit{
						Subject: a.Name, Detail: fmt.Sprintf("%s is an alias for %s, which has no address.", a.Name, a.Target),
						Evidence: []string{a.line()}, Changes: []finding.Change{{Action: finding.Remove, Name: a.Name, Type: "CNAME", Current: resolver.Absolute(a.Target)}},
					})
				}
			}
			return out
		},
	},
	{
		Code: "SRV_PLAINTEXT_ONLY", Severity: finding.Warning, Area: finding.Services,
		Title:      "A service is announced without its variant over TLS",
		Remedy:     "Announce the service with implicit TLS as well.",
		References: []string{"RFC 8314 section 3"},
		Needs:      topicServices,
		Find: func(f *Facts) []finding.Hit {
			var out []finding.Hit
			for _, plain := range []string{"_submission._tcp", "_imap._tcp", "_pop3._tcp"} {
				secure := strings.Replace(plain, "._tcp", "s._tcp", 1)
				if !f.Services.Value.offers(plain) || f.Services.Value.offers(secure) {
					continue
				}
				name := plain + "." + f.Request.Domain
				out = append(out, finding.Hit{
					Subject: name, Detail: fmt.Sprintf("%s is announced and %s is not: clients may not find the service with implicit TLS.", plain, secure),
					Evidence: f.Services.Value.lines(plain), Changes: announced(f, plain, secure),
				})
			}
			return out
		},
	},
	{
		Code: "SRV_AUTODISCOVER_CONFLICT", Severity: finding.Warning, Area: finding.Services,
		Title:      "Mail clients are sent to another provider than mail is",
		Remedy:     "Point the record to the provider that keeps the mailboxes, or remove it.",
		References: []string{"RFC 6186 section 3.4"},
		Needs:      topicMX,
		Find:       conflicts,
	},
}

// line is the alias as evidence.
func (a ServiceAlias) line() string {
	return line(a.Name, resolver.TypeCNAME, resolver.Absolute(a.Target))
}

// offers tells whether a service is announced as offered.
func (s Services) offers(label string) bool {
	return slices.ContainsFunc(s.Found, func(x Service) bool { return x.Label == label && x.Target != "." })
}

func (s Services) lines(label string) []string {
	var out []string
	for _, x := range s.Found {
		if x.Label == label {
			out = append(out, x.Record.String())
		}
	}
	return out
}

// forServices runs a check over the SRV records, one hit for each name.
func forServices(f *Facts, check func(Service) (string, bool)) []finding.Hit {
	var out []finding.Hit
	for _, s := range f.Services.Value.Found {
		if detail, ok := check(s); ok {
			out = append(out, finding.Hit{Subject: s.Record.Name, Detail: detail, Evidence: []string{s.Record.String()}})
		}
	}
	return unique(out)
}

// announced proposes the variant with implicit TLS at the same host, on the port
// of RFC 8314 section 7.
func announced(f *Facts, plain, secure string) []finding.Change {
	port := map[string]uint16{"_submissions._tcp": 465, "_imaps._tcp": 993, "_pop3s._tcp": 995}[secure]
	for _, s := range f.Services.Value.Found {
		if s.Label == plain && s.Resolves.Err == nil && s.Resolves.Value {
			return []finding.Change{{
				Action: finding.Add, Name: secure + "." + f.Request.Domain, Type: "SRV",
				Proposed: resolver.SRV{Priority: s.Priority, Weight: s.Weight, Port: port, Host: s.Target}.String(),
			}}
		}
	}
	return nil
}

// conflicts are names of client settings that belong to another known provider
// than the mail exchanges.
func conflicts(f *Facts) []finding.Hit {
	providers, _ := mailboxes(f.MX.Value)
	if len(providers) == 0 {
		return nil
	}
	var out []finding.Hit
	other := func(subject, target, provider, evidence string, remove finding.Change) {
		if provider != "" && !slices.Contains(providers, provider) {
			remove.Action, remove.Name = finding.Remove, subject
			out = append(out, finding.Hit{
				Subject: subject, Evidence: append([]string{evidence}, lines(f.MX.Value.Records)...), Changes: []finding.Change{remove},
				Detail: fmt.Sprintf("%s sends mail clients to %s (%s), but mail goes to %s.", subject, target, provider, and(providers)),
			})
		}
	}
	for _, a := range f.Services.Value.Aliases {
		other(a.Name, a.Target, a.Provider, a.line(), finding.Change{Type: "CNAME", Current: resolver.Absolute(a.Target)})
	}
	for _, s := range f.Services.Value.Found {
		if s.Label == "_autodiscover._tcp" {
			other(s.Record.Name, s.Target, s.Provider, s.Record.String(), finding.Change{Type: "SRV", Current: s.Record.Value})
		}
	}
	return unique(out)
}
