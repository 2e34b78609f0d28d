package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/keysift/keysift/internal/history"
	"github.com/keysift/keysift/internal/policy"
	"github.com/keysift/keysift/internal/report"
	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/internal/worktree"
	"github.com/keysift/keysift/rules"
)

func baselineCommand() *command {
	return &command{
		name: "baseline", args: "create [PATH…] | import FILE [PATH…] | audit [PATH…] | prune",
		summary: "keeps known findings, which do not fail a run",
		manual: `
baseline create  records what a scan of the paths finds, by default of the
                 current folder. What is recorded already keeps its place, status
                 and reason: where nothing is new, no byte of the file changes.
baseline import  records those findings of a scan that FILE lists: a report of
                 gitleaks in JSON, a .gitleaksignore, or a .secrets.baseline.
                 What is listed and not found is named.
baseline audit   asks about each recorded finding that has no reason yet whether
                 it is real. Letters answer, and on a terminal the arrow keys and
                 Enter; each answer is stored at once, so that the audit can be
                 left and taken up again.
baseline prune   takes out what is found no more, in the files or the history, and
                 what has expired. --dry-run only lists it.

The file is .keysift-baseline.json at the top of the git repository, or that of
--output. It holds no secret and no part of one, but fingerprints; see
docs/configuration.md for what it costs to guess a secret from one.`,
		setup: func(f *pflag.FlagSet) runFunc {
			c := &baselineFlags{}
			c.common.declare(f)
			c.decision.declare(f, "")
			f.BoolVar(&c.history, "history", false, "also look at the whole history of the repository")
			f.BoolVar(&c.dryRun, "dry-run", false, "change nothing")
			f.BoolVar(&c.all, "all", false, "audit: ask about all recorded findings")
			return c.run
		},
	}
}

// A decision is what a person says about a finding.
type decision struct{ status, reason, expires string }

func (d *decision) declare(f *pflag.FlagSet, status string) {
	f.StringVar(&d.status, "status", status, "`STATUS` to record: "+strings.Join(policy.Statuses(), ", ")+" (default accepted)")
	f.StringVar(&d.reason, "reason", "", "`TEXT` that says why")
	f.StringVar(&d.expires, "expires", "", "last `DATE` on which this counts, as 2031-12-31")
}

// check holds a decision to what can be recorded. What holds no secret cannot hold
// one in its reason.
func (d *decision) check(now time.Time) error {
	set, err := rules.Builtin()
	if err != nil {
		return err
	}
	if newNames(set).Redact(d.reason) != d.reason {
		return errors.New("--reason holds a credential, and what is recorded is there for others to read; say it without")
	}
	if d.status == "" {
		d.status = "accepted"
	}
	if err := policy.ParseStatus(d.status); err != nil {
		return fmt.Errorf("--status: %w", err)
	}
	if d.expires == "" {
		return nil
	}
	day, err := policy.ParseDate(d.expires)
	if err != nil {
		return fmt.Errorf("--expires: %w", err)
	}
	if now.After(day.AddDate(0, 0, 1)) {
		return fmt.Errorf("--expires: %s is over", d.expires)
	}
	return nil
}

// entry returns the record of a finding with the decision. path is relative to
// the top folder.
func (d *decision) entry(r *report.Record, path string, now time.Time) policy.Entry {
	r.Identify()
	return policy.Entry{
		Fingerprint: r.Fingerprint, Rule: r.Rule, Path: path,
		Status: d.status, Reason: d.reason, Expires: d.expires, Added: now.UTC().Format(time.DateOnly),
	}
}

type baselineFlags struct {
	common
	decision
	history, dryRun, all bool
}

func (c *baselineFlags) run(ctx context.Context, sys *system, args []string) error {
	if len(args) == 0 {
		return errors.New("want: keysift baseline create, import, audit or prune")
	}
	now := time.Now()
	if err := c.decision.check(now); err != nil {
		return err
	}
	verb, args := args[0], args[1:]
	switch verb {
	case "create":
		return c.create(ctx, sys, args, now)
	case "import":
		if len(args) == 0 {
			return errors.New("want: keysift baseline import FILE")
		}
		return c.importFile(ctx, sys, args[0], args[1:], now)
	case "audit":
		return c.audit(ctx, sys, args)
	case "prune":
		return c.prune(ctx, sys, args)
	}
	return fmt.Errorf("unknown command %q; want: keysift baseline create, import, audit or prune", verb)
}

// A ledger is a baseline that is being changed, with what it takes to look for
// its findings.
type ledger struct {
	*common
	sys      *system
	set      *rules.Set
	file     *policy.Baseline
	was      []byte // content of the file; nil if there is none yet
	findings map[string][]masked
	named    map[string]string         // paths of files by how they are shown
	paths    map[*report.Record]string // from the top folder, where that is not Path
	watch    func(*scan.Finding)       // sees each finding; may be nil
	failed   bool                      // something could not be looked at
}

// openLedger reads the baseline that --output names or the default one. Other
// baselines go on deciding what is found, it does not.
func (c *common) openLedger(sys *system, paths []string) (*ledger, error) {
	if len(c.outputs) > 1 || c.format != "" {
		return nil, errors.New("a baseline has one file and one format; --output FILE names it")
	}
	if slices.Contains(c.outputs, stdoutName) {
		return nil, errors.New("--output -: a baseline is a file that is read again, and has to have a name")
	}
	c.paths, c.onDisk = append([]string{}, paths...), true
	if err := c.check(sys); err != nil {
		return nil, err
	}
	set, err := c.ruleSet()
	if err != nil {
		return nil, err
	}
	key, err := fingerprintKey(sys)
	if err != nil {
		return nil, err
	}
	name := shorter(filepath.Join(c.top, policy.BaselineName))
	if len(c.outputs) == 1 {
		name = shorter(c.outputs[0])
	}
	l := &ledger{common: c, sys: sys, set: set, findings: map[string][]masked{}, named: map[string]string{}, paths: map[*report.Record]string{}}
	if err := l.read(name, key); err != nil {
		return nil, err
	}
	abs, _ := filepath.Abs(name)
	c.applied.Baselines = slices.DeleteFunc(c.applied.Baselines, func(b *policy.Baseline) bool {
		other, err := filepath.Abs(b.Name)
		return err == nil && other == abs
	})
	return l, nil
}

func (l *ledger) read(name string, key []byte) error {
	data, err := readOrdinary(name)
	switch {
	case errors.Is(err, os.ErrNotExist):
		l.file, err = policy.NewBaseline(name, key, nil)
		return err
	case err != nil:
		return fmt.Errorf("reading the baseline: %w", err)
	}
	l.was = data
	if l.file, err = policy.ParseBaseline(name, data); err != nil {
		return err
	}
	return checkKey(l.file, key)
}

// asWritten makes records bear the fingerprints that the file is made with.
func (l *ledger) asWritten() { l.prints.main = l.prints.maker(l.file) }

// save writes the file if it is not as it was.
func (l *ledger) save() error {
	data, err := l.file.Format()
	if err != nil {
		return err
	}
	if l.was != nil && string(data) == string(l.was) {
		return nil
	}
	out := outFile{what: "the baseline", stdout: l.sys.stdout}
	err = out.write(l.file.Name, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
	if err == nil {
		l.was = data
	}
	return err
}

// scanFiles looks at files and folders.
func (l *ledger) scanFiles(ctx context.Context, paths []string) (*report.Run, error) {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	src, err := worktree.New(paths, worktree.Options{
		Exclude: l.exclude, MaxFileSize: int64(l.maxFileSize), ArchiveDepth: l.archiveDepth(),
	})
	if err != nil {
		return nil, err
	}
	j := &job{common: l.common, sys: l.sys, set: l.set}
	j.coverage = func(s *report.Summary) {
		st := src.Stats()
		s.Files, s.Bytes = st.Files, st.Bytes
	}
	j.scan = func(ctx context.Context, e *scan.Engine) iter.Seq2[scan.Finding, error] {
		return l.watching(e.Scan(ctx, src))
	}
	j.relative = relativeTo(l.top)
	run, err := l.collect(ctx, j)
	for _, r := range found(run) {
		l.paths[r] = j.relative(r.Path)
	}
	return run, err
}

// scanHistory looks at all objects of the repository.
func (l *ledger) scanHistory(ctx context.Context) (*report.Run, error) {
	opts := history.Options{Env: os.LookupEnv, Rules: l.set, Jobs: l.jobs}
	if err := l.knowCommits(ctx, l.top, opts); err != nil {
		return nil, err
	}
	audit, err := history.Open(l.top, opts)
	if err != nil {
		return nil, err
	}
	defer audit.Close()
	j := &job{common: l.common, sys: l.sys, set: l.set}
	j.scan = func(ctx context.Context, e *scan.Engine) iter.Seq2[scan.Finding, error] {
		return l.watching(audit.Findings(ctx, e))
	}
	j.relative = func(path string) string { return path }
	j.coverage = func(s *report.Summary) {
		p := audit.Progress()
		s.Blobs, s.Commits, s.Bytes = p.Blobs, p.Commits, p.Bytes
	}
	return l.collect(ctx, j)
}

func (l *ledger) collect(ctx context.Context, j *job) (*report.Run, error) {
	if l.timeout > 0 {
		var cancel func()
		ctx, cancel = context.WithTimeoutCause(ctx, time.Duration(l.timeout), errTimeout)
		defer cancel()
	}
	run, interrupted, err := j.collect(ctx, time.Now())
	if err != nil {
		return nil, err
	}
	if interrupted {
		return nil, &exitError{exitInterrupted, errors.New("interrupted; nothing is changed")}
	}
	j.tell(run)
	j.exitZero = true
	l.failed = l.failed || j.outcome(run, false) != nil
	return run, nil
}

// scan looks at the paths, or at the history.
func (l *ledger) scan(ctx context.Context, paths []string, past bool) (*report.Run, error) {
	if past {
		return l.scanHistory(ctx)
	}
	return l.scanFiles(ctx, paths)
}

// look returns what the paths, and with history the repository, hold.
func (l *ledger) look(ctx context.Context, paths []string, past bool) ([]*report.Record, error) {
	run, err := l.scanFiles(ctx, paths)
	if err != nil || !past {
		return found(run), err
	}
	older, err := l.scanHistory(ctx)
	return append(found(run), found(older)...), err
}

func found(run *report.Run) []*report.Record {
	if run == nil {
		return nil
	}
	return run.Findings
}

// pathOf returns the path of a record from the top folder.
func (l *ledger) pathOf(r *report.Record) string {
	if path, ok := l.paths[r]; ok {
		return path
	}
	return r.Path
}

// status returns the error that stands for what could not be looked at.
func (l *ledger) status() error {
	if l.failed {
		return &exitError{code: exitError2}
	}
	return nil
}

func (l *ledger) say(format string, args ...any) {
	_, _ = fmt.Fprintln(l.sys.stdout, report.Visible(l.shown(fmt.Sprintf(format, args...))))
}

func (c *baselineFlags) create(ctx context.Context, sys *system, paths []string, now time.Time) error {
	l, err := c.openLedger(sys, paths)
	if err != nil {
		return err
	}
	l.asWritten()
	l.noSuppress = false
	records, err := l.look(ctx, paths, c.history)
	if err != nil {
		return err
	}
	var entries []policy.Entry
	for _, r := range records {
		entries = append(entries, c.entry(r, l.pathOf(r), now))
	}
	before := len(l.file.Entries)
	added := l.file.Add(entries...)
	if !c.dryRun {
		if err := l.save(); err != nil {
			return err
		}
	}
	l.say("%s: %d findings added, %d were known", l.file.Name, added, before)
	over := 0
	for i := range l.file.Entries {
		if l.file.Entries[i].Expired(now) {
			over++
		}
	}
	if over > 0 {
		l.say("%d of them have expired and do not count; keysift allow FINGERPRINT decides again", over)
	}
	if added > 0 && c.reason == "" {
		l.say("They count as known from now on. To go through them: keysift baseline audit")
	}
	return l.status()
}

func (c *baselineFlags) importFile(ctx context.Context, sys *system, name string, paths []string, now time.Time) error {
	data, err := readOrdinary(name)
	if err != nil {
		return fmt.Errorf("reading what is to be imported: %w", err)
	}
	given, err := policy.ParseForeign(shorter(name), data)
	if err != nil {
		return err
	}
	l, err := c.openLedger(sys, paths)
	if err != nil {
		return err
	}
	l.asWritten()
	l.applied.Foreign, l.noSuppress = []*policy.Ignores{given}, true
	records, err := l.look(ctx, paths, c.history)
	if err != nil {
		return err
	}
	if c.reason == "" {
		c.reason = "imported from " + c.names.Redact(shorter(name))
	}
	var entries []policy.Entry
	for _, r := range records {
		if r.Suppressed != nil && r.Suppressed.Reason == given.Reason() {
			entries = append(entries, c.entry(r, l.pathOf(r), now))
		}
	}
	for _, s := range given.Secrets() {
		entries = append(entries, policy.Entry{
			Fingerprint: l.prints.main.Secret(s.Secret), Rule: s.Rule, Path: c.names.Redact(s.Path),
			Status: c.status, Reason: c.reason, Expires: c.expires, Added: now.UTC().Format(time.DateOnly),
		})
	}
	added := l.file.Add(entries...)
	if !c.dryRun {
		if err := l.save(); err != nil {
			return err
		}
	}
	for _, w := range given.Warnings {
		c.warn(w)
	}
	for _, u := range given.Unused() {
		c.warn("not carried over, since nothing is found there: " + u.String())
	}
	l.say("%s: %d of %d findings of %s added", l.file.Name, added, given.Len(), given.Name)
	return l.status()
}

func (c *baselineFlags) prune(ctx context.Context, sys *system, paths []string) error {
	l, err := c.openLedger(sys, paths)
	if err != nil {
		return err
	}
	if l.was == nil {
		return fmt.Errorf("there is no %s", l.file.Name)
	}
	l.asWritten()
	l.minConfidence, l.failConfidence, l.minSeverity, l.noSuppress = rules.LowConfidence, rules.LowConfidence, rules.Low, true
	if l.inRepo { // what lies elsewhere in the repository is not gone
		paths = []string{shorter(l.top)}
	}
	records, err := l.look(ctx, paths, l.inRepo)
	if err != nil {
		return err
	}
	if l.failed {
		return &exitError{exitError2, errors.New("nothing is taken out, since not everything could be looked at")}
	}
	seen := map[string]bool{}
	for _, r := range records {
		r.Identify()
		seen[r.Fingerprint] = true
	}
	now := time.Now()
	removed := l.file.Remove(func(e *policy.Entry) bool {
		over := e.Expired(now)
		if seen[e.Fingerprint] && !over {
			return false
		}
		why := "found no more"
		if over {
			why = "expired on " + e.Expires
		}
		l.say("%s %s %s: %s", e.Fingerprint, e.Rule, e.Path, why)
		return true
	})
	if c.dryRun {
		l.say("%s: %d findings would be taken out", l.file.Name, removed)
		return nil
	}
	if err := l.save(); err != nil {
		return err
	}
	l.say("%s: %d findings taken out, %d are left", l.file.Name, removed, len(l.file.Entries))
	return nil
}
