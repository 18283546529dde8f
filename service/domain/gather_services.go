package domain

import (
	"context"
	"slices"
	"strings"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/finding"
)

// serviceLabels are the SRV names of mail clients: RFC 6186 section 3, RFC 8314
// section 5.1, RFC 8620 section 2.2, and what Outlook asks for.
var serviceLabels = []string{
	"_submission._tcp", "_submissions._tcp", "_imap._tcp", "_imaps._tcp", "_pop3._tcp", "_pop3s._tcp", "_jmap._tcp", "_autodiscover._tcp",
}

// clientLabels are host names at which clients look for settings over HTTPS.
var clientLabels = []string{"autoconfig", "autodiscover"}

// maxTargets bounds the SRV records of a name.
const maxTargets = 6

// services asks for what mail clients find.
func (g *gatherer) services(ctx context.Context) (Services, error) {
	found := make([][]Service, len(serviceLabels))
	aliases := make([]*ServiceAlias, len(clientLabels))
	errs := make([]error, len(serviceLabels)+len(clientLabels))
	g.apart(topicServices|topicServiceHosts, len(errs), func(i int) {
		if i < len(serviceLabels) {
			found[i], errs[i] = g.service(ctx, serviceLabels[i])
		} else {
			j := i - len(serviceLabels)
			aliases[j], errs[i] = g.clientAlias(ctx, clientLabels[j])
		}
	})
	out := Services{Found: slices.Concat(found...)}
	for _, a := range aliases {
		if a != nil {
			out.Aliases = append(out.Aliases, *a)
		}
	}
	for _, err := range errs {
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

// service asks for one SRV name and the addresses of its targets.
func (g *gatherer) service(ctx context.Context, label string) ([]Service, error) {
	a, err := g.ask(ctx, topicServices|topicServiceHosts, label+"."+g.req.Domain, resolver.TypeSRV)
	if err != nil {
		return nil, err
	}
	var out []Service
	for i, s := range a.SRV() {
		if len(out) == maxTargets {
			break
		}
		out = append(out, Service{
			Label: label, Record: recordsOf(a)[i], Target: s.Host, Port: s.Port, Priority: s.Priority, Weight: s.Weight,
			Provider: clientsOf(s.Host), Resolves: finding.Known[bool]{Err: errLost},
		})
	}
	g.apart(topicServiceHosts, len(out), func(i int) {
		if out[i].Target == "." {
			out[i].Resolves = finding.Know(false, nil)
			return
		}
		out[i].Resolves = g.resolves(ctx, topicServiceHosts, out[i].Target)
	})
	return out, nil
}

// clientAlias asks for a host name of client settings; nil when it is no alias of
// its own.
func (g *gatherer) clientAlias(ctx context.Context, label string) (*ServiceAlias, error) {
	name := label + "." + g.req.Domain
	a, err := g.ask(ctx, topicServices|topicServiceHosts, name, resolver.TypeA)
	if err != nil || len(a.Aliases) == 0 {
		return nil, err
	}
	w, err := g.wildcardOf(ctx, topicServices|topicServiceHosts)
	if err != nil {
		return nil, err
	}
	probe, err := g.ask(ctx, topicServices|topicServiceHosts, w.Probe, resolver.TypeA)
	if err != nil {
		return nil, err
	}
	if slices.Equal(probe.Aliases, a.Aliases) || substituted(a.Aliases, label) != "" && substituted(a.Aliases, label) == substituted(probe.Aliases, probeLabel(g.req.Domain)) {
		return nil, nil
	}
	out := &ServiceAlias{Name: name, Target: a.Aliases[0], Provider: clientsOf(a.Aliases[0])}
	out.Resolves = g.resolves(ctx, topicServiceHosts, name)
	return out, nil
}

// substituted is what the rest of a name below a label became by a DNAME record
// (RFC 6672 section 2.3), "" when its alias keeps the label not.
func substituted(aliases []string, label string) string {
	if len(aliases) == 0 {
		return ""
	}
	rest, _ := strings.CutPrefix(aliases[0], label+".")
	if rest == aliases[0] {
		return ""
	}
	return rest
}

// resolves tells whether a host has an address; AAAA is asked for only when A is
// empty.
func (g *gatherer) resolves(ctx context.Context, topics finding.Topics, host string) finding.Known[bool] {
	for _, t := range []resolver.Type{resolver.TypeA, resolver.TypeAAAA} {
		a, err := g.ask(ctx, topics, host, t)
		if err != nil || a.Status == resolver.Found {
			return finding.Know(err == nil, err)
		}
	}
	return finding.Know(false, nil)
}
