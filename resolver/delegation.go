package resolver

import (
	"context"
	"net/netip"
	"slices"
	"time"
)

// Delegation is the way from the root down to a zone, as its servers tell it.
type Delegation struct {
	// Name is the name that the way leads to.
	Name string
	// Zone is the lowest zone found that holds the name. Name itself when it is the
	// apex of a zone.
	Zone string
	// Steps are the zones on the way, from the root to Zone.
	Steps []Descent
	// Apex is the answer of Zone's servers to Name and NS. NXDOMAIN: the zone above
	// has no such name.
	Apex Answer
	// Err is why Apex is not known; nil when it is.
	Err error
	// SOA is the SOA of Zone at each of its servers: who answers, and with which
	// serial. Without Told when Zone is a top-level domain or the root, and Name is
	// only denied there.
	SOA Poll
}

// Descent is one zone on the way down.
type Descent struct {
	// Zone is the name of the zone.
	Zone string
	// Servers are its name servers.
	Servers []NameServer
	// Referred tells that servers of the zone above referred to it. Without that
	// one server serves both, and what the zone above lists cannot be seen.
	Referred bool
	// Host is the name of the server that referred and Server where it was asked,
	// "address:port"; both "" without a referral.
	Host, Server string
	// Elapsed is how long that took.
	Elapsed time.Duration
	// DS are those of the zone above for this one (RFC 4034 section 5); none means
	// that the zone is not signed, where DSKnown is true. The root has none.
	DS      []DS
	DSKnown bool
	// Outcome is what the zone's servers made of the question for the next step, or
	// for the name where this is the last.
	Outcome Outcome
	// Err is why they brought the way no further; nil unless Outcome is Breaks.
	Err error
}

// Outcome is what asking the servers of a zone on the way down came to.
type Outcome uint8

// Outcomes of a step.
const (
	// Refers: they refer to the next zone.
	Refers Outcome = iota + 1
	// Serves: they are authoritative for the next zone too and refer to nothing.
	Serves
	// Answers: they answer for the name; the way ends here as it should.
	Answers
	// Denies: they say that the name does not exist; the way ends here.
	Denies
	// Breaks: none of them gives an answer that counts.
	Breaks
)

// Unglued are the servers that the zone above lists without an address, so that
// their addresses were looked up elsewhere.
func (d Descent) Unglued() []string {
	var hosts []string
	for _, s := range d.Servers {
		if d.Referred && s.Parent && len(s.Glue) == 0 {
			hosts = append(hosts, s.Host)
		}
	}
	return hosts
}

// ParentOnly and ChildOnly are the servers that one of the two lists alone. They
// are empty when the zone was not entered by a referral or did not list its
// servers.
func (d Descent) ParentOnly() []string {
	return d.only(func(s NameServer) bool { return s.Parent && !s.Child })
}

// ChildOnly are the servers that only the zone itself lists.
func (d Descent) ChildOnly() []string {
	return d.only(func(s NameServer) bool { return s.Child && !s.Parent })
}

func (d Descent) only(f func(NameServer) bool) []string {
	listed := func(s NameServer) bool { return s.Child }
	if !d.Referred || !slices.ContainsFunc(d.Servers, listed) {
		return nil
	}
	var hosts []string
	for _, s := range d.Servers {
		if f(s) {
			hosts = append(hosts, s.Host)
		}
	}
	return hosts
}

// Delegation goes down to the zone that name is in and asks each of its servers
// for the SOA. It always gives the way as far as it goes.
func (a *Authority) Delegation(ctx context.Context, name string) Delegation {
	d := Delegation{Name: name}
	d.Apex, d.Err = a.Resolve(ctx, Question{Name: name, Type: TypeNS})
	z, _ := a.home(ctx, name)
	d.Zone = z.name
	if z.parent != nil && !z.signed {
		a.learnDS(ctx, z)
	}
	if d.Err != nil || !z.distant() || z.name == name {
		d.SOA = a.Each(ctx, Question{Name: z.name, Type: TypeSOA})
	}
	for ; z != nil; z = z.parent {
		d.Steps = append(d.Steps, z.descent())
	}
	slices.Reverse(d.Steps)
	for i := range d.Steps[1:] {
		d.Steps[i].Outcome = Serves
		if d.Steps[i+1].Referred {
			d.Steps[i].Outcome = Refers
		}
	}
	last := &d.Steps[len(d.Steps)-1]
	switch last.Err = d.Err; {
	case d.Err != nil:
		last.Outcome = Breaks
	case d.Apex.Status == NXDomain:
		last.Outcome = Denies
	default:
		last.Outcome = Answers
	}
	return d
}

// learnDS asks the zone above for the DS set that came with no referral.
func (a *Authority) learnDS(ctx context.Context, z *zone) {
	answer, err := a.Resolve(ctx, Question{Name: z.name, Type: TypeDS})
	if err != nil {
		return
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	z.signed, z.ds = true, values[DS](answer)
}

func (z *zone) descent() Descent {
	z.mu.Lock()
	defer z.mu.Unlock()
	servers := slices.Clone(z.servers)
	for i, s := range servers {
		for _, e := range z.endpoints {
			if slices.Contains(e.hosts, s.Host) {
				servers[i].Addrs = append(servers[i].Addrs, e.addr)
			}
		}
	}
	return Descent{
		Zone: z.name, Servers: servers, Referred: z.referrer != "", Host: z.parent.hostAt(z.referrer), Server: z.referrer,
		Elapsed: z.elapsed, DS: z.ds, DSKnown: z.signed && z.parent != nil,
	}
}

// hostAt is the name of the zone's server at "address:port", "" when there is none.
func (z *zone) hostAt(server string) string {
	at, err := netip.ParseAddrPort(server)
	if z == nil || err != nil {
		return ""
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	for _, e := range z.endpoints {
		if e.addr == at.Addr() {
			return e.hosts[0]
		}
	}
	return ""
}
