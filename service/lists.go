package service

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/mailassay/mailassay/service/dnsbl"
)

// The times of checking the configured blocklists.
const (
	listsEvery   = time.Hour
	listsAgain   = time.Minute // when DNS did not say how a list is
	listPatience = 10 * time.Second
)

// watchLists asks the configured blocklists for their test entries, at once and
// each hour (RFC 5782 section 5), until ctx ends. A list that fails them is not
// asked about anybody until it passes again; one that does not answer is left as
// it was. Each change is told.
func (s *Service) watchLists(ctx context.Context, tell func(dnsbl.List)) {
	if len(*s.blocklists.Load()) == 0 {
		return
	}
	for {
		wait := listsEvery
		if !s.checkLists(ctx, tell) {
			wait = listsAgain
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return
		}
	}
}

// checkLists checks each list, and tells whether DNS answered for all.
func (s *Service) checkLists(ctx context.Context, tell func(dnsbl.List)) (known bool) {
	ctx, cancel := context.WithTimeout(ctx, listPatience)
	defer cancel()
	lists := slices.Clone(*s.blocklists.Load())
	health := make([]dnsbl.Health, len(lists))
	var wg sync.WaitGroup
	for i, l := range lists {
		wg.Go(func() { health[i] = l.Check(ctx, s.inquire(s.fresh, s.cfg.SenderQuestions, false)) })
	}
	wg.Wait()
	known = true
	var changed []dnsbl.List
	for i, h := range health {
		switch {
		case h.Problem == "" && !h.Usable:
			known = false
		case lists[i].Fault != h.Problem:
			lists[i].Fault = h.Problem
			changed = append(changed, lists[i])
		}
	}
	s.blocklists.Store(&lists)
	for _, l := range changed {
		tell(l)
	}
	return known
}

// named is the list of a zone that a request names: as configured, where it is,
// and otherwise as far as anything is known of it.
func (s *Service) named(zone string) (dnsbl.List, error) {
	for _, l := range *s.blocklists.Load() {
		if l.Zone == zone {
			return l, nil
		}
	}
	return dnsbl.For(zone)
}
