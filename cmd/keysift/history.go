package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"github.com/spf13/pflag"

	"github.com/keysift/keysift/internal/history"
	"github.com/keysift/keysift/internal/report"
	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

func historyCommand() *command {
	return &command{
		name: "history", args: "[REPO]",
		summary: "audits every object of a git repository",
		manual: `
Audits the whole history of the git repository that the folder REPO belongs
to, by default the current one: all refs, merges, messages of commits and
tags, notes, all stashes, the reflog, and objects that nothing refers to. A
finding says since when the secret is there, where it stands, and how far it
has travelled.

The objects are read without git. Nothing that the repository's configuration
names is run, and nothing is fetched: what is absent is reported, and the run
is then incomplete.

What is no file has a path of its own: commit:ID and tag:ID are messages,
ref:NAME is the name of a branch or tag, reflog:NAME a reflog, blob:ID and
tree:ID/PATH are objects that stand at no path of a commit.

Exit status: 0 everything was looked at and nothing found, 1 something was
found, 2 not everything could be looked at or the command was used wrongly,
130 interrupted. Errors beat findings; both are printed.`,
		setup: func(f *pflag.FlagSet) runFunc {
			c := &historyFlags{}
			c.common.declare(f)
			f.StringVar(&c.rang, "range", "", "look only at what the commits `A..B` add; A...B, an all-zero A for all other refs, or auto in a CI system; @{u}.. is what is not pushed yet")
			f.StringVar(&c.since, "since-commit", "", "look only at what was added since the commit `REV`")
			f.StringVar(&c.branch, "branch", "", "look only at what `BRANCH` reaches")
			f.StringArrayVar(&c.paths, "path", nil, "look only at files and folders that match `GLOB`")
			f.Var(&c.maxAge, "max-age", "report only credentials that HEAD has held for longer")
			f.Lookup("max-age").DefValue = ""
			f.StringVar(&c.cache, "cache", "", "remember in the folder `DIR` what was found clean, and do not read it again")
			f.BoolVar(&c.noUnreachable, "no-unreachable", false, "leave out objects that nothing refers to")
			f.BoolVar(&c.noMessages, "no-messages", false, "leave out messages of commits, tags and reflogs")
			f.BoolVar(&c.noDelta, "no-delta", false, "scan every version of a file whole")
			f.BoolVar(&c.fsck, "fsck", false, "compare every object with its name")
			return c.run
		},
	}
}

type historyFlags struct {
	common
	noUnreachable, noMessages, noDelta, fsck bool
	rang, since, branch, cache               string
	paths                                    []string
	maxAge                                   durationValue
}

// check holds the flags to what they may be together.
func (c *historyFlags) check(sys *system) error {
	switch {
	case c.rang != "" && c.since != "":
		return errors.New("--range and --since-commit say the same in two ways; use one of them")
	case c.rang != "" && c.branch != "":
		return errors.New("--branch does not go with --range, whose end names what to look at")
	}
	return c.common.check(sys)
}

// options returns what the flags ask for of an audit, and what will know which
// of the paths there are.
func (c *historyFlags) options(sys *system, set *rules.Set) (history.Options, pathFlags, error) {
	o := history.Options{
		Env: os.LookupEnv, Rules: set, Jobs: c.jobs, Public: sys.getenv("CI") != "" && sys.getenv("CI") != "false",
		NoUnreachable: c.noUnreachable, NoMessages: c.noMessages, NoDelta: c.noDelta, Verify: c.fsck,
		MaxBlob: int64(c.maxFileSize), Range: c.rang, Since: c.since, Branch: c.branch,
		Cache: c.cache, Archives: c.archives(),
	}
	if c.cache != "" {
		o.Build = fmt.Sprintf("%s %d %d", buildName(), c.archiveDepth(), c.decodeDepth())
	}
	var err error
	if o.Exclude, err = history.Matcher(c.exclude, true); err != nil {
		return o, nil, fmt.Errorf("--exclude: %w", err)
	}
	paths, err := newPathFlags(c.paths)
	if err != nil {
		return o, nil, fmt.Errorf("--path: %w", err)
	}
	if len(paths) > 0 {
		o.Only = paths.match
	}
	return o, paths, nil
}

// pathFlags are the patterns of --path, each with whether it has matched.
type pathFlags []*pathFlag

type pathFlag struct {
	pattern string
	match   func(path string) bool
	matched atomic.Bool
}

func newPathFlags(patterns []string) (pathFlags, error) {
	var out pathFlags
	for _, p := range patterns {
		match, err := history.Matcher([]string{p}, false)
		if err != nil {
			return nil, err
		}
		out = append(out, &pathFlag{pattern: p, match: match})
	}
	return out, nil
}

// match reports whether a path is to be looked at. Several goroutines may ask.
func (f pathFlags) match(path string) bool {
	wanted := false
	for _, p := range f {
		known := p.matched.Load()
		if wanted && known || !p.match(path) {
			continue
		}
		wanted = true
		if !known {
			p.matched.Store(true)
		}
	}
	return wanted
}

// unmatched returns the patterns that no path has matched so far.
func (f pathFlags) unmatched() []string {
	var out []string
	for _, p := range f {
		if !p.matched.Load() {
			out = append(out, p.pattern)
		}
	}
	return out
}

func (c *historyFlags) run(ctx context.Context, sys *system, args []string) error {
	if err := c.check(sys); err != nil {
		return err
	}
	if len(args) > 1 {
		return fmt.Errorf("%d repositories given; keysift history audits one at a time", len(args))
	}
	set, err := c.ruleSet()
	if err != nil {
		return err
	}
	dir := "."
	if len(args) == 1 {
		dir = args[0]
	}
	if dir == "" {
		return errors.New("the name of the repository is empty; the current folder is written as .")
	}
	opts, seen, err := c.options(sys, set)
	if err != nil {
		return err
	}
	if filepath.Clean(dir) != "." {
		opts.Env = opts.Env.WithoutRepository() // what somebody names is meant
	}
	now := time.Now()
	j := &job{common: &c.common, sys: sys, set: set, coverage: func(*report.Summary) {}}
	audit, err := history.Open(dir, opts)
	if record, ok := errors.AsType[*scan.Incomplete](err); ok {
		j.scan = nothing(record)
		return j.run(ctx)
	}
	if err != nil {
		return err
	}
	if err := c.knowCommits(ctx, dir, opts); err != nil {
		return errors.Join(err, audit.Close())
	}
	j.scan, j.relative = audit.Findings, func(path string) string { return path }
	j.enrich = func(r *report.Record, objects map[string]bool) { enrich(audit, r, objects, now) }
	j.coverage = func(s *report.Summary) {
		p := audit.Progress()
		s.Blobs, s.Commits, s.Bytes = p.Blobs, p.Commits, p.Bytes
	}
	j.review = func(run *report.Run) {
		if c.maxAge > 0 {
			keepOverdue(run, time.Duration(c.maxAge), now)
		}
		if name := audit.Empty(); name != "" {
			j.complain(name + " adds no commits")
		} else if audit.Progress().Commits > 0 { // otherwise nothing was looked at
			for _, pattern := range seen.unmatched() {
				c.warn("--path " + pattern + " matched no path in what was looked at")
			}
		}
	}
	j.status = func() string { return progressText(audit.Progress(), time.Since(now)) }
	err = j.run(ctx)
	if failure := audit.Close(); failure != nil {
		j.complain(failure.Error()) // what was found is reported; only the next run suffers
	}
	return err
}

// buildName tells builds of the program apart. Those that are no release go by
// their file.
func buildName() string {
	name := version()
	if file, err := os.Executable(); err == nil {
		if info, err := os.Stat(file); err == nil {
			name = fmt.Sprintf("%s %d %d", name, info.Size(), info.ModTime().UnixNano())
		}
	}
	return name
}

// filesFirst puts the first place in each file before further versions of a
// file, the place that gives the finding its path staying the first of all.
func filesFirst(places []report.Place) {
	seen := map[string]bool{}
	version := make(map[report.Place]bool, len(places))
	for _, p := range places {
		version[p] = seen[p.Path]
		seen[p.Path] = true
	}
	slices.SortStableFunc(places, func(a, b report.Place) int {
		switch {
		case version[a] == version[b]:
			return 0
		case version[b]:
			return -1
		}
		return 1
	})
}

// enrich adds owners and provenance to a finding.
func enrich(audit *history.Audit, r *report.Record, objects map[string]bool, now time.Time) {
	filesFirst(r.Places)
	for i := range r.Places {
		for _, o := range audit.Owners(r.Places[i].Path) {
			if !slices.Contains(r.Owners, o) {
				r.Owners = append(r.Owners, o)
			}
		}
	}
	var places []history.Place
	for _, p := range r.Places {
		places = append(places, history.Place{Path: p.Path, Line: p.Line, Column: p.Column, Commit: p.Commit})
	}
	p := audit.Provenance(slices.Collect(maps.Keys(objects)), places, now)
	if p == nil {
		return
	}
	r.History = &report.History{
		Introduced: event(p.Introduced), Removed: event(p.Removed), InHead: p.InHead,
		Refs: slices.Clone(p.Refs), RefsTotal: p.RefsTotal, Blobs: p.Blobs, Files: p.Files,
		Authors: slices.Clone(p.Authors), AgeDays: p.AgeDays,
	}
}

// keepOverdue leaves the credentials that HEAD has held for longer than an age.
// The others count as below the threshold.
func keepOverdue(run *report.Run, age time.Duration, now time.Time) {
	all := run.Findings
	run.Findings = nil
	for _, r := range all {
		if overdue(r.History, age, now) {
			r.History.Overdue = true
			run.Findings = append(run.Findings, r)
			continue
		}
		if r.Suppressed != nil {
			continue
		}
		run.Summary.Findings--
		run.Summary.BelowThreshold++
		if r.Advisory != "" {
			run.Summary.Advisory--
		}
	}
}

func overdue(h *report.History, age time.Duration, now time.Time) bool {
	if h == nil || !h.InHead || h.Introduced == nil {
		return false
	}
	since, err := time.Parse(time.RFC3339, h.Introduced.Date)
	return err == nil && now.Sub(since) > age
}

// event turns a commit into the form of a report; nil stays nil.
func event(e *history.Event) *report.Event {
	if e == nil {
		return nil
	}
	return &report.Event{Commit: e.Commit, Date: e.Time.UTC().Format(time.RFC3339), Author: e.Author, Subject: e.Subject}
}

// nothing is the scan of what cannot be scanned.
func nothing(err error) scanFunc {
	return func(context.Context, *scan.Engine) iter.Seq2[scan.Finding, error] {
		return func(yield func(scan.Finding, error) bool) { yield(scan.Finding{}, err) }
	}
}

// progressText says how far a run has got and when it may end.
func progressText(p history.Progress, spent time.Duration) string {
	text := fmt.Sprintf("%d objects, %d MB", p.Objects, p.Bytes>>20)
	if p.Total > 0 && p.Objects > 0 && p.Objects <= p.Total {
		left := time.Duration(float64(spent) * float64(p.Total-p.Objects) / float64(p.Objects))
		text = fmt.Sprintf("%d of %d objects, %d MB, about %v left", p.Objects, p.Total, p.Bytes>>20, left.Round(time.Second))
	}
	return text
}
