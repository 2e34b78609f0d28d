package history

import (
	"context"
	"slices"

	"github.com/keysift/keysift/internal/scan"
)

// Brought returns the findings that some commits add to their parents, in files
// and in their messages, each with its commit in its origin. The commits are
// named by the start of their ids; names that stand for no commit that is here
// are passed over. Of the options only those that say how to read count.
func Brought(ctx context.Context, dir string, opts Options, engine *scan.Engine, names []string) (found []scan.Finding, err error) {
	a, err := Open(dir, Options{Env: opts.Env, Rules: opts.Rules, Jobs: opts.Jobs, Public: opts.Public, MaxBlob: opts.MaxBlob, Archives: opts.Archives})
	if err != nil {
		return nil, err
	}
	defer func() {
		if closeErr := a.Close(); err == nil {
			err = closeErr
		}
	}()
	r := &run{Audit: a, ctx: ctx, engine: engine, events: make(chan []event, 64)}
	var failure error
	go func() {
		defer close(r.events)
		failure = r.commitsNamed(names)
	}()
	for batch := range r.events {
		for i := range batch {
			if batch[i].err == nil { // what cannot be read is told by the audit itself
				found = append(found, batch[i].finding)
			}
		}
	}
	return found, failure
}

// commitsNamed scans what some commits add.
func (r *run) commitsNamed(names []string) error {
	s, err := r.structure(false)
	if err != nil {
		return stopped(r.ctx, err)
	}
	s.graph.classify(r.tips.list, s.table)
	s.graph.sort(s.table)
	rev := &resolver{repo: r.repo, table: s.table, graph: s.graph}
	var commits []uint32
	for _, name := range names {
		// Not as a revision: a ref may be called like the start of an id.
		obj, err := rev.abbreviated(name)
		if c, ok := s.graph.commitOf[obj]; err == nil && ok {
			commits = append(commits, c)
		}
	}
	slices.Sort(commits)
	return stopped(r.ctx, r.compareAll(s, slices.Compact(commits)))
}
