package resolver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

// Poll is what each server of a zone says to one question.
type Poll struct {
	Question Question
	// Zone is the zone whose servers were asked: the lowest one found that holds the
	// name.
	Zone string
	// Told has an element for each address of each server, and one for each server
	// without any; sorted by host, then by address.
	Told []Told
}

// Told is what one server says: an Answer, or an error that is an [*Error].
type Told struct {
	// Host is the name of the server. A root server that was configured has its
	// address here.
	Host string
	// Addr is where it was asked; invalid when the host has no address.
	Addr netip.Addr
	// Answer is its answer. Aliases that lead out of the zone are followed.
	Answer Answer
	Err    error
	// RTT is how long it took to answer, 0 when it did not.
	RTT time.Duration
}

// Condition is how a name server behaves.
type Condition uint8

// Conditions of a name server. All but Answering and Slow are failures.
const (
	// Answering: with authority and in time.
	Answering Condition = iota + 1
	// Slow: as Answering, but later than any distance on earth explains.
	Slow
	// LameServer: it answers without authority, or refers upward.
	LameServer
	// Refusing: REFUSED.
	Refusing
	// Failing: SERVFAIL, another error response, or nothing that can be read.
	Failing
	// Silent: no answer in time.
	Silent
	// Closed: the host or the network says that nobody is there.
	Closed
	// NoAddress: the name of the server has no address.
	NoAddress
	// NotAsked: its address must not or cannot be asked from here, or the budget or
	// the time of the request was spent.
	NotAsked
)

var conditionNames = [...]string{
	Answering: "answers", Slow: "answers slowly", LameServer: "is not authoritative", Refusing: "refuses", Failing: "fails",
	Silent: "does not answer", Closed: "is unreachable", NoAddress: "has no address", NotAsked: "was not asked",
}

// String completes the sentence that begins with the server's name.
func (c Condition) String() string {
	if int(c) < len(conditionNames) && conditionNames[c] != "" {
		return conditionNames[c]
	}
	return fmt.Sprintf("Condition(%d)", uint8(c))
}

// slow is above the round trip between any two places on earth, with some to spare.
const slow = 350 * time.Millisecond

// errNoAddress: a name server's name has no address.
var errNoAddress = &why{text: "the name server has no address"}

// Condition tells how the server behaves.
func (t Told) Condition() Condition {
	switch {
	case t.Err == nil && t.RTT > slow:
		return Slow
	case t.Err == nil:
		return Answering
	case errors.Is(t.Err, errNoAddress):
		return NoAddress
	case errors.Is(t.Err, errNotAsked):
		return NotAsked
	}
	switch KindOf(t.Err) {
	case Lame:
		return LameServer
	case Refused:
		return Refusing
	case Timeout:
		return Silent
	case Unreachable:
		return Closed
	case Canceled, OverBudget, Overloaded:
		return NotAsked
	}
	return Failing
}

// Groups puts servers with equal answers together, the largest group first.
// Servers that gave none are left out. More than one group: they disagree.
func (p Poll) Groups() [][]Told {
	var groups [][]Told
	var digests []uint64 // servers are many, and answers may be long and differ at their end
	seed := maphash.MakeSeed()
next:
	for _, t := range p.Told {
		if t.Err != nil {
			continue
		}
		digest := t.Answer.digest(seed)
		for i := range groups {
			if digests[i] == digest && groups[i][0].Answer.Equal(t.Answer) {
				groups[i] = append(groups[i], t)
				continue next
			}
		}
		groups, digests = append(groups, []Told{t}), append(digests, digest)
	}
	slices.SortStableFunc(groups, func(a, b []Told) int { return len(b) - len(a) })
	return groups
}

// digest is the same for answers that are Equal.
func (a *Answer) digest(seed maphash.Seed) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	h.WriteString(a.Name)
	for _, d := range a.Data {
		switch d := d.(type) {
		case TXT: // its String may be four times as long
			h.WriteString(d.Text)
		case MX:
			h.WriteString(d.Host)
		default:
			h.WriteString(d.String())
		}
	}
	return h.Sum64()
}

// Equal tells whether two answers to one question say the same: status, aliases and
// data, without regard to TTL and to who said it.
func (a Answer) Equal(b Answer) bool {
	return a.Status == b.Status && a.Name == b.Name && slices.Equal(a.Aliases, b.Aliases) &&
		slices.EqualFunc(a.Data, b.Data, func(x, y Data) bool { return x.String() == y.String() })
}

// Each asks every name server of the zone that the name is in, those that the
// parent lists and those that the zone itself lists, each at up to two addresses
// of either family. A server that has not answered anything in this request is
// not waited for again.
func (a *Authority) Each(ctx context.Context, q Question) Poll {
	name := q.Name
	if q.Type == TypeDS {
		name = Parent(name)
	}
	z, _ := a.home(ctx, name) // where the way ends, its servers say why
	endpoints, homeless := z.settled(ctx, q)
	if z.distant() && name != z.name {
		endpoints = endpoints[:min(len(endpoints), 4)]
	}
	answers := make([]Told, len(endpoints))
	var wg sync.WaitGroup
	for i, e := range endpoints {
		wg.Go(func() { answers[i] = a.tell(ctx, z, q, e.endpoint) })
	}
	wg.Wait()
	poll := Poll{Question: q, Zone: z.name, Told: homeless}
	for i, e := range endpoints {
		for _, host := range e.hosts {
			t := answers[i]
			t.Host = host
			poll.Told = append(poll.Told, t)
		}
	}
	slices.SortFunc(poll.Told, func(x, y Told) int { return cmp.Or(strings.Compare(x.Host, y.Host), x.Addr.Compare(y.Addr)) })
	return poll
}

// named is an endpoint with the names it had at one moment.
type named struct {
	*endpoint
	hosts []string
}

// settled waits until the addresses of all servers have been looked up. The
// servers without any come as what they tell: nothing.
func (z *zone) settled(ctx context.Context, q Question) (with []named, without []Told) {
	z.mu.Lock()
	defer z.mu.Unlock()
	complete := z.complete
	z.mu.Unlock()
	select {
	case <-complete:
	case <-ctx.Done():
	}
	z.mu.Lock()
	found := map[string]bool{}
	for _, e := range z.endpoints {
		with = append(with, named{e, slices.Clone(e.hosts)})
		for _, host := range e.hosts {
			found[host] = true
		}
	}
	for _, s := range z.servers {
		if found[s.Host] {
			continue
		}
		fault := &Error{Kind: Unreachable, Question: q, Err: errNoAddress}
		if err := cmp.Or(z.located[s.Host], ctx.Err()); err != nil { // unknown is not absent
			fault.Kind, fault.Err = cmp.Or(KindOf(err), Unreachable), &why{text: "not asked, for its address is not known: " + err.Error(), err: errNotAsked}
		}
		without = append(without, Told{Host: s.Host, Err: fault})
	}
	return with, without
}

// tell is what one endpoint says.
func (a *Authority) tell(ctx context.Context, z *zone, q Question, e *endpoint) Told {
	t := Told{Addr: e.addr}
	if e.barred != "" {
		t.Err = e.refusal(q, a.config.Port)
		return t
	}
	for _, timeout := range []time.Duration{firstTry, secondTry} {
		if f := e.given(); f != nil {
			t.Err = about(q, f)
			return t
		}
		got := a.try(ctx, z, q, attempt{e, timeout}, false)
		t.Answer, t.Err, t.RTT = got.reply.Answer, got.err, got.reply.RTT
		if t.Err == nil && got.reply.Referral != nil {
			t.Err = &Error{Kind: Lame, Question: q, Server: t.Answer.Server, Rcode: "NOERROR", Err: errNoAA}
		}
		if ctx.Err() != nil || !retried(t.Err) {
			break
		}
	}
	switch {
	case t.Err != nil && ctx.Err() != nil: // the server is not to blame
		t.Err = &Error{Kind: Canceled, Question: q, Err: ctx.Err()}
	case t.Err == nil:
		t.Answer, t.Err = a.beyond(ctx, confined(t.Answer, z.name))
		if t.Err == nil && !a.hold(&t.Answer) {
			t.Err = &Error{Kind: OverBudget, Question: q}
		}
	}
	if t.Err != nil {
		t.Answer, t.RTT = Answer{}, 0
	}
	return t
}

// maxTargets bounds the aliases that the servers of zones lead to: each server may
// name another, all in a zone of somebody else's.
const maxTargets = 32

// beyond is what the alias leads to, if it leads out of the zone. Servers that agree
// on it cost one question.
func (a *Authority) beyond(ctx context.Context, answer Answer) (Answer, error) {
	if !answer.leads() {
		return answer, nil
	}
	target := Question{Name: answer.Name, Type: answer.Question.Type}
	a.mu.Lock()
	room := a.targets[target] || len(a.targets) < maxTargets
	if room {
		a.targets[target] = true
	}
	a.mu.Unlock()
	if !room {
		return Answer{}, &Error{Kind: OverBudget, Question: answer.Question}
	}
	end, err := a.Resolve(ctx, target)
	if err != nil {
		return Answer{}, about(answer.Question, err)
	}
	if answer.Question.Name == end.Name || slices.Contains(end.Aliases, answer.Question.Name) {
		return Answer{}, &Error{Kind: Malformed, Question: answer.Question, Server: end.Server, Err: errors.New("the alias chain loops")}
	}
	return answer.joined(end), nil
}

// retried tells whether a second try may bring what the first did not.
func retried(err error) bool {
	switch KindOf(err) {
	case Timeout, ServerFailure, Malformed:
		return true
	}
	return false
}

// home is the zone that name is in, with the servers that it lists itself. Where
// one server serves a zone and its child there is no referral: then the answer
// itself tells of the cut. An error says why the lowest zone known may not be it.
func (a *Authority) home(ctx context.Context, name string) (*zone, error) {
	a.mu.Lock()
	z := a.homes[name]
	a.mu.Unlock()
	if z != nil {
		a.locate(z) // who adopted it may not have come to that
		return z, nil
	}
	answer, err := a.Resolve(ctx, Question{Name: name, Type: TypeNS})
	z = a.deepest(name)
	defer a.locate(z)
	if err != nil {
		return z, err
	}
	switch {
	case name == z.name:
	case len(answer.Aliases) > 0: // an alias has no zone of its own
		return a.home(ctx, Parent(name))
	case answer.Status == Found:
		z = a.adopt(z, name, answer.Hosts())
	case answer.SOAOwner != "" && answer.SOAOwner != name && Within(answer.SOAOwner, z.name):
		return a.home(ctx, answer.SOAOwner)
	case name != z.name:
		return a.home(ctx, z.name)
	}
	a.list(z, answer.Hosts())
	a.mu.Lock()
	defer a.mu.Unlock()
	a.homes[name] = z
	return z, nil
}

// adopt is a zone that was found without a referral. Questions in it go on going to
// the servers of the zone above, which answer them with authority; it is here for
// who asks each of its own servers.
func (a *Authority) adopt(parent *zone, name string, hosts []string) *zone {
	a.mu.Lock()
	defer a.mu.Unlock()
	if z := a.homes[name]; z != nil {
		return z
	}
	z := &zone{name: name, parent: parent, turn: rand.IntN(1 << 16)}
	for _, host := range hosts[:min(len(hosts), a.config.Servers)] {
		z.servers = append(z.servers, NameServer{Host: host, Child: true})
	}
	a.homes[name] = z
	return z
}

// list notes which servers the zone lists itself.
func (a *Authority) list(z *zone, hosts []string) {
	defer a.locate(z)
	z.mu.Lock()
	defer z.mu.Unlock()
	for _, host := range hosts {
		i := slices.IndexFunc(z.servers, func(s NameServer) bool { return s.Host == host })
		switch {
		case i >= 0:
			z.servers[i].Child = true
		case len(z.servers) < a.config.Servers:
			z.servers = append(z.servers, NameServer{Host: host, Child: true})
		}
	}
}
