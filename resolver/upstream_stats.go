package resolver

import (
	"sync/atomic"
	"time"
)

// LatencyBounds are the upper bounds of the buckets of [ServerStats.Latency].
func LatencyBounds() []time.Duration { return latencyBounds[:] }

var latencyBounds = [...]time.Duration{
	time.Millisecond, 2 * time.Millisecond, 5 * time.Millisecond, 10 * time.Millisecond, 20 * time.Millisecond,
	50 * time.Millisecond, 100 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second,
}

// UpstreamStats are the counters of an Upstream since its start. None is by name.
type UpstreamStats struct {
	// Questions came to the upstream.
	Questions uint64
	// Hedges were sent before the time of a first try was up, Retries after it or
	// after an error.
	Hedges, Retries uint64
	// Servers in configured order.
	Servers []ServerStats
}

// ServerStats are the counters and the health of one upstream server.
type ServerStats struct {
	Server string
	// Up is false while the server has been silent.
	Up bool
	// Validation is what the probe found.
	Validation Validation
	// RTT is smoothed; P95 is the estimate that hedging goes by. 0 before the first
	// reply.
	RTT, P95 time.Duration
	// Outcomes counts exchanges by what came of them: NOERROR, NODATA, NXDOMAIN, or
	// the Kind of the error.
	Outcomes map[string]uint64
	// Latency counts replies by time: at most the bound of the same index of
	// [LatencyBounds], the last one beyond all.
	Latency []uint64
	// LatencySum is the time of all replies together.
	LatencySum time.Duration
	// Streams counts replies over TCP or TLS.
	Streams uint64
	// Mismatched counts messages over UDP that came for a question and were not its
	// reply: wrong in id, question, case, cookie or form. Many tell of a forger.
	Mismatched uint64
	// Limited counts questions that the server did not get because it had its rate,
	// and no other could take.
	Limited uint64
}

type upstreamCounts struct{ questions, hedges, retries atomic.Uint64 }

type peerCounts struct {
	status  [NXDomain + 1]atomic.Uint64
	kind    [OtherRcode + 1]atomic.Uint64
	latency [len(latencyBounds) + 1]atomic.Uint64
	sum     atomic.Int64
	streams atomic.Uint64
	misses  atomic.Uint64
	limited atomic.Uint64
}

// note counts the outcome of an exchange.
func (c *peerCounts) note(r Reply, err error) {
	switch {
	case err != nil:
		c.kind[KindOf(err)].Add(1)
	case r.Referral != nil:
		c.kind[Lame].Add(1)
	default:
		c.status[r.Answer.Status].Add(1)
	}
	c.misses.Add(uint64(r.Mismatched))
	if !replied(err) {
		return
	}
	at := 0
	for at < len(latencyBounds) && r.RTT > latencyBounds[at] {
		at++
	}
	c.latency[at].Add(1)
	c.sum.Add(int64(r.RTT))
	if r.TCP {
		c.streams.Add(1)
	}
}

// Stats reads the counters.
func (u *Upstream) Stats() UpstreamStats {
	s := UpstreamStats{Questions: u.counts.questions.Load(), Hedges: u.counts.hedges.Load(), Retries: u.counts.retries.Load()}
	for _, p := range u.peers {
		s.Servers = append(s.Servers, p.stats())
	}
	return s
}

func (p *peer) stats() ServerStats {
	s := ServerStats{Server: p.server.String(), Outcomes: map[string]uint64{}}
	p.mu.Lock()
	s.Up, s.Validation, s.RTT, s.P95 = p.downUntil.IsZero(), p.validation, p.rtt, p.p95
	p.mu.Unlock()
	for i := range p.counts.status {
		if n := p.counts.status[i].Load(); n > 0 {
			s.Outcomes[Status(i).String()] = n
		}
	}
	for i := range p.counts.kind {
		if n := p.counts.kind[i].Load(); n > 0 {
			s.Outcomes[Kind(i).String()] = n
		}
	}
	for i := range p.counts.latency {
		s.Latency = append(s.Latency, p.counts.latency[i].Load())
	}
	s.LatencySum, s.Streams = time.Duration(p.counts.sum.Load()), p.counts.streams.Load()
	s.Mismatched, s.Limited = p.counts.misses.Load(), p.counts.limited.Load()
	return s
}
