package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/keysift/keysift/internal/policy"
	"github.com/keysift/keysift/internal/report"
	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

func allowCommand() *command {
	return &command{
		name: "allow", args: "PATH:LINE|FINGERPRINT --reason TEXT",
		summary: "records that a finding is known and does not count",
		manual: `
Records a decision about what is found on a line of a file, or about the finding
with a fingerprint, in .keysift-baseline.json at the top of the git repository or
in the file of --output. It holds for the secret wherever it stands, and for no
other one on the same line.

A fingerprint is that of a report in JSON: it is looked for in the files, then in
the history. Deciding again changes what is recorded.

Where pull requests are judged by the policy of their base (--policy-from), the
file has to land in a change of its own first; it holds no secret.`,
		setup: func(f *pflag.FlagSet) runFunc {
			c := &allowFlags{}
			c.common.declare(f)
			c.decision.declare(f, "")
			return c.run
		},
	}
}

type allowFlags struct {
	common
	decision
}

func (c *allowFlags) run(ctx context.Context, sys *system, args []string) error {
	if len(args) != 1 {
		return errors.New("want one finding: keysift allow PATH:LINE --reason TEXT")
	}
	now := time.Now()
	if err := c.decision.check(now); err != nil {
		return err
	}
	if !strings.ContainsFunc(c.reason, func(r rune) bool { return r > ' ' }) {
		return errors.New("a decision needs its reason: --reason TEXT")
	}
	if policy.IsFingerprint(args[0]) {
		return c.fingerprint(ctx, sys, args[0], now)
	}
	path, at, ok := cutLast(args[0], ':')
	line, err := strconv.Atoi(at)
	if !ok || err != nil || line < 1 || path == "" {
		return fmt.Errorf("%q is neither PATH:LINE nor a fingerprint, which looks like ks1- and 32 hexadecimal digits", args[0])
	}
	return c.line(ctx, sys, path, line, now)
}

// open reads the baseline and makes a look report all there is.
func (c *allowFlags) open(sys *system, paths []string) (*ledger, error) {
	l, err := c.openLedger(sys, paths)
	if err != nil {
		return nil, err
	}
	l.minConfidence, l.minSeverity, l.quiet, l.noSuppress = rules.LowConfidence, rules.Low, true, true
	return l, nil
}

// line records what starts, or goes on, on a line of a file.
func (c *allowFlags) line(ctx context.Context, sys *system, path string, line int, now time.Time) error {
	l, err := c.open(sys, []string{path})
	if err != nil {
		return err
	}
	l.asWritten()
	records, err := l.look(ctx, []string{path}, false)
	if err != nil {
		return err
	}
	if l.failed {
		return l.status()
	}
	var chosen []*report.Record
	var lines []string
	for _, r := range records {
		for _, p := range r.Places {
			lines = append(lines, strconv.Itoa(p.Line))
		}
		if covers(r, line) {
			chosen = append(chosen, r)
		}
	}
	if len(chosen) == 0 {
		if len(lines) == 0 {
			return fmt.Errorf("nothing is found in %s", path)
		}
		return fmt.Errorf("nothing is found on line %d of %s, but on %s", line, path, strings.Join(slices.Compact(lines), ", "))
	}
	var entries []policy.Entry
	for _, r := range chosen {
		entries = append(entries, c.entry(r, l.pathOf(r), now))
	}
	return c.store(l, entries...)
}

// store writes the file with the entries, and says so once it is written.
func (c *allowFlags) store(l *ledger, entries ...policy.Entry) error {
	for _, e := range entries {
		c.record(l, e)
	}
	if err := l.save(); err != nil {
		return err
	}
	for _, e := range entries {
		l.say("%s: %s %s %s (%s: %s)", l.file.Name, e.Fingerprint, e.Rule, e.Path, e.Status, e.Reason)
	}
	if l.inRepo {
		l.say("For the commit hook it counts once it is staged:  git add %s", l.file.Name)
	}
	return nil
}

// covers reports whether one of a record's places is on a line.
func covers(r *report.Record, line int) bool {
	last := max(r.End.Line, r.Start.Line)
	if r.End.Column == 1 && last > r.Start.Line { // its end is that of the line before
		last--
	}
	if r.Start.Line <= line && line <= last {
		return true
	}
	return slices.ContainsFunc(r.Places, func(p report.Place) bool { return p.Line == line })
}

// record takes an entry in, or changes the one that is there.
func (c *allowFlags) record(l *ledger, e policy.Entry) {
	if old := l.file.Find(e.Fingerprint); old != nil {
		old.Status, old.Reason, old.Expires = e.Status, e.Reason, e.Expires
	} else {
		l.file.Add(e)
	}
}

// fingerprint records the finding that a report has shown with a fingerprint.
func (c *allowFlags) fingerprint(ctx context.Context, sys *system, print string, now time.Time) error {
	l, err := c.open(sys, nil)
	if err != nil {
		return err
	}
	shown := l.prints.main
	l.asWritten()
	same := shown == l.prints.main
	e := policy.Entry{
		Fingerprint: print, Status: c.status, Reason: c.reason, Expires: c.expires, Added: now.UTC().Format(time.DateOnly),
	}
	if same && l.file.Find(print) != nil {
		return c.store(l, e)
	}
	// The file may be made with another salt than the report was: what it is to
	// hold is known only once the secret is found again.
	l.prints.main = shown
	for _, past := range []bool{false, true} {
		if past && !l.inRepo {
			break
		}
		ok, err := l.find(ctx, &e, past)
		if err != nil {
			return err
		}
		if ok {
			return c.store(l, e)
		}
	}
	if same && l.was != nil {
		c.warn("the finding is neither in the files nor in the history; it is recorded without rule and path")
		return c.store(l, e)
	}
	return errors.New("no finding here has this fingerprint; it depends on KEYSIFT_FINGERPRINT_KEY, or on the salt of the baseline that was read")
}

// find looks for the finding of an entry, whose fingerprint is that of reports.
// It fills in rule and path and makes the fingerprint that of the file.
func (l *ledger) find(ctx context.Context, e *policy.Entry, past bool) (bool, error) {
	shown, written := e.Fingerprint, ""
	l.watch = func(f *scan.Finding) {
		if written == "" && l.prints.main.Of(f) == shown {
			written = l.prints.of(l.file, f)
		}
	}
	run, err := l.scan(ctx, []string{shorter(l.top)}, past)
	if err != nil || written == "" {
		return false, err
	}
	for _, r := range run.Findings {
		r.Identify()
		if r.Fingerprint == shown {
			e.Rule, e.Path = r.Rule, l.pathOf(r)
			break
		}
	}
	e.Fingerprint = written
	return true, nil
}
