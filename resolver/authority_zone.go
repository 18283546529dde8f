package resolver

import (
	"context"
	"math/rand/v2"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// NameServer is one name server of a zone.
type NameServer struct {
	// Host is its name.
	Host string
	// Glue are the addresses that came with the referral.
	Glue []netip.Addr
	// Addrs are the addresses known for it, from glue or looked up.
	Addrs []netip.Addr
	// Parent and Child tell which of the two zones lists it.
	Parent, Child bool
}

// zone is what a request knows of one zone.
type zone struct {
	name string
	// parent is the zone whose servers referred to this one, nil for the root.
	parent *zone
	// servers as the parent lists them with glue; those that only the zone itself
	// lists are added when it has been asked.
	servers []NameServer
	// referrer is the server that told, after elapsed.
	referrer string
	elapsed  time.Duration
	// signed tells whether ds was asked for.
	signed bool
	ds     []DS

	// turn is where the list of endpoints begins for this request, so that the first
	// server of a zone does not get all questions of all requests.
	turn int

	mu        sync.Mutex
	located   map[string]error // by host: why its addresses are not known, nil when they are
	endpoints []*endpoint
	arrived   chan struct{} // closed when an endpoint can be asked
	complete  chan struct{} // closed when the look-ups have ended
}

// endpoint is one address of a name server.
type endpoint struct {
	hosts []string // more than one name may have the address
	addr  netip.Addr
	// barred is why it is not asked, "" otherwise.
	barred string

	mu       sync.Mutex
	answered bool
	failures int // since the last answer
	fault    error
	rtt      time.Duration
}

// scout is the first question below a zone under a label: the others under that
// label wait for it, since it may find another zone there.
type scout struct {
	zone  *zone
	below string
}

// distant tells whether the zone is the root or next to it.
func (z *zone) distant() bool { return z.parent == nil || z.parent.parent == nil }

// deepest is the lowest zone known that holds name.
func (a *Authority) deepest(name string) *zone {
	a.mu.Lock()
	defer a.mu.Unlock()
	for ; ; name = Parent(name) {
		if z := a.zones[name]; z != nil {
			return z
		}
	}
}

// enter is the zone that a server of z refers to. The first referral counts.
func (a *Authority) enter(z *zone, r Reply, signed bool) *zone {
	a.mu.Lock()
	defer a.mu.Unlock()
	if known := a.zones[r.Referral.Zone]; known != nil {
		return known
	}
	child := &zone{name: r.Referral.Zone, parent: z, referrer: r.Answer.Server, elapsed: r.RTT, signed: signed, ds: r.Referral.DS, turn: rand.IntN(1 << 16)}
	for _, host := range r.Referral.Servers {
		if len(child.servers) == a.config.Servers {
			break
		}
		s := NameServer{Host: host, Parent: true}
		if Within(host, z.name) { // further the server cannot speak
			s.Glue = r.Glue[host]
		}
		child.servers = append(child.servers, s)
	}
	a.zones[child.name] = child
	return child
}

// iterate goes down from the lowest zone known to servers that answer q. Aliases
// are followed within one zone only.
func (a *Authority) iterate(ctx context.Context, q Question) (Answer, error) {
	at := q.Name
	if q.Type == TypeDS {
		at = Parent(at) // the DS set lives above the cut: RFC 4035 section 3.1.4.1
	}
	for {
		z := a.deepest(at)
		r, moved, err := a.scouted(ctx, z, q)
		switch {
		case err != nil:
			return Answer{}, err
		case moved:
		case r.Referral == nil:
			return confined(r.Answer, z.name), nil
		case a.deepest(at) == z: // it refers the DS set to the zone below
			return Answer{}, &Error{Kind: Lame, Question: q, Server: r.Answer.Server, Rcode: "NOERROR", Err: errDownward}
		}
	}
}

// confined cuts the alias chain of an answer where it leaves the zone: who serves
// the zone may say anything about others.
func confined(a Answer, zone string) Answer {
	a.Authenticated = false // AD of a server that validates nothing
	for i, alias := range a.Aliases {
		if !Within(alias, zone) {
			a.Status, a.Name, a.Aliases = NoData, alias, a.Aliases[:i+1]
			a.Data, a.SOA, a.SOAOwner = nil, nil, ""
			return a
		}
	}
	return a
}

// scouted asks the servers of z, and enters the zone they refer to, if they do. It
// reports moved, with no reply, when another question has found a zone below z on
// the way to q meanwhile.
func (a *Authority) scouted(ctx context.Context, z *zone, q Question) (r Reply, moved bool, err error) {
	below := childOf(q.Name, z.name)
	if below == "" || below[0] == '_' { // hardly ever a zone of its own
		r, err = a.refer(ctx, z, q)
		return r, false, err
	}
	key := scout{z, below}
	a.mu.Lock()
	ahead := a.scouts[key]
	if ahead == nil {
		done := make(chan struct{})
		a.scouts[key] = done
		a.mu.Unlock()
		defer close(done)
		r, err = a.refer(ctx, z, q)
		return r, false, err
	}
	a.mu.Unlock()
	select {
	case <-ahead:
	case <-ctx.Done():
		return Reply{}, false, departed(ctx, q)
	}
	if q.Type != TypeDS && a.deepest(q.Name) != z {
		return Reply{}, true, nil
	}
	r, err = a.refer(ctx, z, q)
	return r, false, err
}

// refer asks the servers of z and enters the zone they refer to, if they do.
func (a *Authority) refer(ctx context.Context, z *zone, q Question) (Reply, error) {
	// Near the root a referral is likely, and its DS set is wanted.
	r, err := a.ask(ctx, z, q, z.distant())
	if err == nil && r.Referral != nil {
		a.enter(z, r, z.distant())
	}
	return r, err
}

// childOf is the ancestor of name, or name itself, that has one label more than
// zone; "" when name is the zone.
func childOf(name, zone string) string {
	if name == zone {
		return ""
	}
	for parent := Parent(name); parent != zone; parent = Parent(name) {
		if parent == "." {
			break
		}
		name = parent
	}
	return name
}

// locate looks up the addresses of the zone's servers, once for each host. The
// look-ups belong to nobody: they end by themselves. arrived is closed when there
// is an address to ask, and complete when all are known that ever will.
func (a *Authority) locate(z *zone) (arrived, complete chan struct{}) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.located == nil {
		z.located, z.arrived = map[string]error{}, make(chan struct{})
	}
	var look []string
	for _, s := range z.servers {
		if _, ok := z.located[s.Host]; ok {
			continue
		}
		z.located[s.Host] = nil
		switch {
		case len(s.Glue) > 0:
			a.place(z, s.Host, s.Glue)
		case a.config.Hosts == nil:
			z.located[s.Host] = errNoGlue
		case a.mayLook(s.Host):
			look = append(look, s.Host)
		default:
			z.located[s.Host] = &Error{Kind: OverBudget, Question: Question{Name: s.Host, Type: TypeA}}
		}
	}
	previous := z.complete
	if previous == nil || len(look) > 0 {
		z.complete = make(chan struct{})
		go func(complete chan struct{}) {
			defer close(complete)
			a.lookUp(z, look)
			if previous != nil {
				<-previous
			}
		}(z.complete)
	}
	return z.arrived, z.complete
}

// lookUp finds the addresses of hosts without glue.
func (a *Authority) lookUp(z *zone, hosts []string) {
	ctx, cancel := context.WithTimeout(context.Background(), zonePatience)
	defer cancel()
	var wg sync.WaitGroup
	for _, host := range hosts {
		for _, t := range []Type{TypeA, TypeAAAA} {
			wg.Go(func() {
				answer, err := a.config.Hosts.Resolve(ctx, Ask(host, t))
				z.mu.Lock()
				defer z.mu.Unlock()
				if err != nil {
					z.located[host] = err
				}
				a.place(z, host, answer.Addrs())
			})
		}
	}
	wg.Wait()
}

// maxAddresses bounds the addresses of one family of one host.
const maxAddresses = 2

// place adds addresses of a server of z, whose lock is held.
func (a *Authority) place(z *zone, host string, addrs []netip.Addr) {
	v4, v6 := 0, 0
	for _, addr := range addrs {
		family := &v4
		if addr.Is6() {
			family = &v6
		}
		if *family++; *family > maxAddresses {
			continue
		}
		if i := slices.IndexFunc(z.endpoints, func(e *endpoint) bool { return e.addr == addr }); i >= 0 {
			z.endpoints[i].hosts = append(z.endpoints[i].hosts, host)
			continue
		}
		e := &endpoint{hosts: []string{host}, addr: addr, barred: a.barred(addr)}
		z.endpoints = append(z.endpoints, e)
		if e.barred == "" {
			z.arrive()
		}
	}
}

// arrive wakes those who wait for a server to ask. The lock is held.
func (z *zone) arrive() {
	select {
	case <-z.arrived:
	default:
		close(z.arrived)
	}
}

// barred is why an address is not asked.
func (a *Authority) barred(addr netip.Addr) string {
	name, special := Special(addr)
	if special && !slices.ContainsFunc(a.config.Allow, func(p netip.Prefix) bool { return p.Contains(addr) }) {
		return "special-purpose address (" + name + ")"
	}
	if addr.Is6() && !special && !a.ipv6 {
		return errNoIPv6.Error()
	}
	return ""
}
