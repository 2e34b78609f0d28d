package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/keysift/keysift/internal/exposed"
	"github.com/keysift/keysift/internal/fix"
	"github.com/keysift/keysift/internal/repo"
	"github.com/keysift/keysift/internal/report"
	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/internal/worktree"
	"github.com/keysift/keysift/rules"
)

func fixCommand() *command {
	return &command{
		name: "fix", args: "[PATH…]",
		summary: "repairs what git, an image or a package would take along",
		manual: `
Scans like keysift scan, shows what would repair what it finds, and with --yes
does it:

  a line in the nearest .gitignore for files that hold credentials, and where an
  image or a package takes them, one in .dockerignore, .npmignore and their like
  files that git tracks are taken out of the index; they stay on disk
  beside an environment file, .env.example gets its names, without values
  Go code reads the value from the environment

For other languages it shows the change, and leaves it to you. Without --yes,
and with --dry-run in any case, nothing is changed. What is done is printed with
how to undo it. A PATH that is one file is repaired even if nothing was found in
it, if its name is known.

It refuses to follow symbolic links, to write outside of the repository, and to
take files out of an index where that would mix with other staged changes.

A credential that has been committed or pushed is not repaired by any of this;
what to do about it is printed.

Exit status: 0 nothing was to be done, or the plan was shown, or all of it was
done; 1 something was refused; 2 not everything could be looked at or written.`,
		setup: func(f *pflag.FlagSet) runFunc {
			c := &fixFlags{}
			c.common.declare(f)
			for _, name := range []string{"format", "output", "exit-code", "exit-zero", "fail-confidence", "min-exposure", "show-secrets", "no-suppress", "report-unused"} {
				f.Lookup(name).Hidden = true
			}
			f.BoolVar(&c.yes, "yes", false, "carry the plan out")
			f.BoolVar(&c.dryRun, "dry-run", false, "change nothing, even with --yes")
			f.BoolVar(&c.noGo, "no-go", false, "do not load Go packages to repair their code")
			return c.run
		},
	}
}

type fixFlags struct {
	common
	yes, dryRun, noGo bool
}

// A repair is one run of the command.
type repair struct {
	*fixFlags
	sys      *system
	job      *job
	engine   *scan.Engine
	args     []string
	findings []scan.Finding // that count
	plans    []*treePlan
	refused  []fix.Refusal
}

// A treePlan is the plan for one work tree.
type treePlan struct {
	*fix.Plan
	tree *exposed.Tree
}

func (c *fixFlags) run(ctx context.Context, sys *system, args []string) error {
	c.onDisk = true
	if len(args) == 0 {
		args = []string{"."}
	}
	if err := c.check(sys); err != nil {
		return err
	}
	if c.showSecrets != "" {
		return errors.New("keysift fix shows no secrets")
	}
	for _, a := range args {
		if a == "-" || repositoryRoot([]string{a}) == "" {
			return fmt.Errorf("%s is in no git repository; keysift fix repairs what git would take along", a)
		}
	}
	set, err := c.ruleSet()
	if err != nil {
		return err
	}
	places := exposed.New(exposed.Options{Env: lookupEnv(sys), CI: sys.getenv("CI") != ""})
	defer func() { _ = places.Close() }()
	src, err := worktree.New(args, worktree.Options{
		Exclude: c.exclude, MaxFileSize: int64(c.maxFileSize), ArchiveDepth: c.archiveDepth(),
	})
	if err != nil {
		return err
	}
	r := &repair{fixFlags: c, sys: sys, args: args}
	about, err := c.newFileFindings(places, set, exposed.FileOptions{Each: r.keep})
	if err != nil {
		return err
	}
	r.job = &job{
		common: &c.common, sys: sys, set: set, source: about.Source(src), about: about,
		coverage: func(s *report.Summary) {
			st := src.Stats()
			s.Files, s.Bytes = st.Files, st.Bytes
		},
	}
	return r.run(ctx)
}

// keep remembers a finding that a change of its line could repair.
func (r *repair) keep(f *scan.Finding) {
	if f.Suppressed == nil && f.Confidence >= r.minConfidence && f.Severity >= r.minSeverity && f.Secret.Len() > 0 {
		r.findings = append(r.findings, *f)
	}
}

func (r *repair) run(ctx context.Context) error {
	start := time.Now()
	if r.timeout > 0 {
		var cancel func()
		ctx, cancel = context.WithTimeoutCause(ctx, time.Duration(r.timeout), errTimeout)
		defer cancel()
	}
	result, interrupted, err := r.job.collect(ctx, start)
	if err != nil || interrupted {
		return errors.Join(err, context.Cause(ctx))
	}
	r.engine = scan.New(r.job.set, scan.Options{Now: start, DecodeDepth: r.decodeDepth()})
	if err := r.plan(ctx); err != nil {
		return err
	}
	r.show()
	r.showPatches()
	if r.yes && !r.dryRun {
		err = r.apply(ctx)
	}
	r.showRefused()
	r.showSpread(result)
	r.job.tell(result)
	if err != nil {
		return err
	}
	return r.outcome(result)
}

func (r *repair) say(format string, args ...any) {
	_, _ = fmt.Fprintln(r.sys.stdout, r.shown(fmt.Sprintf(format, args...)))
}

func (r *repair) outcome(result *report.Run) error {
	for reason := range result.Summary.Incomplete {
		if !r.tolerates(reason) {
			return &exitError{code: exitError2}
		}
	}
	if len(r.refused) > 0 {
		return &exitError{code: exitFound}
	}
	return nil
}

// plan makes the plans, one a work tree.
func (r *repair) plan(ctx context.Context) error {
	for _, a := range r.args {
		if r.job.about.places.InGitDir(a) {
			r.refused = append(r.refused, fix.Refusal{
				Path: a, Why: "it lies in the directory of git itself, which git never takes along; take the credential out by hand, or with git config",
			})
		}
	}
	targets := map[*exposed.Tree][]fix.Target{}
	var trees []*exposed.Tree
	for _, x := range r.job.about.Exposed() {
		if !r.wants(&x) {
			continue
		}
		if x.Tree == nil {
			r.refused = append(r.refused, fix.Refusal{Path: x.Path, Why: "it lies outside of a repository"})
			continue
		}
		if targets[x.Tree] == nil {
			trees = append(trees, x.Tree)
		}
		targets[x.Tree] = append(targets[x.Tree], target(&x))
	}
	for _, t := range trees {
		if err := r.planTree(t, targets[t]); err != nil {
			return err
		}
	}
	if !r.noGo {
		return r.planGo(ctx)
	}
	return nil
}

// wants reports whether a file is to be kept out of git: it holds what counts,
// or was named.
func (r *repair) wants(x *exposed.Exposed) bool {
	if x.Findings > 0 && x.Alarms() {
		return true
	}
	named := slices.ContainsFunc(r.args, func(a string) bool { return filepath.ToSlash(filepath.Clean(a)) == x.Path })
	return named && x.Config
}

func target(x *exposed.Exposed) fix.Target {
	t := fix.Target{
		Rel: x.Rel, Bare: x.Dotenv(), Ignore: x.WantsLine(), Untrack: x.State.Tracked, Example: x.Dotenv(),
	}
	for _, p := range x.Published {
		t.Sets = append(t.Sets, fix.Set{Dir: p.Dir, Tool: p.Set.Tool})
	}
	return t
}

func (r *repair) planTree(t *exposed.Tree, targets []fix.Target) error {
	opts, err := r.planOptions(t)
	if err != nil {
		return err
	}
	p, err := fix.New(opts, targets)
	if err != nil {
		return err
	}
	r.plans = append(r.plans, &treePlan{p, t})
	return nil
}

func (r *repair) planOptions(t *exposed.Tree) (fix.Options, error) {
	index, err := t.Index()
	if err != nil {
		return fix.Options{}, fmt.Errorf("reading the index of %s: %w", t.Top(), err)
	}
	opts := fix.Options{Repo: t.Repo(), Top: t.Top(), Index: index, Lists: t.ListOptions, Holds: r.holds}
	places := r.job.about.places
	opts.Shown = func(rel string) string { return places.Shown(t, rel) }
	opts.Git = func(command, rel string) string { return places.GitCommand(t, command, rel) }
	if opts.Head, opts.Trees, err = t.Head(); err != nil {
		return opts, fmt.Errorf("reading HEAD of %s: %w", t.Top(), err)
	}
	if opts.Trees == nil {
		opts.Trees = func(id repo.Hash) ([]byte, error) { return nil, fmt.Errorf("no object %s", id) }
	}
	return opts, nil
}

// planFor returns the plan of a work tree, which may be an empty one yet.
func (r *repair) planFor(t *exposed.Tree) (*treePlan, error) {
	for _, p := range r.plans {
		if p.tree == t {
			return p, nil
		}
	}
	if err := r.planTree(t, nil); err != nil {
		return nil, err
	}
	return r.plans[len(r.plans)-1], nil
}

// holds reports whether the rules find a credential, however unlikely.
func (r *repair) holds(path string, text []byte) bool {
	return len(r.engine.Match(&scan.Chunk{Path: path, Data: text})) > 0
}

// mask returns a text without the credentials in it.
func (r *repair) mask(path string, text []byte) []byte {
	var parts []masked
	for _, f := range r.engine.Match(&scan.Chunk{Path: path, Data: text}) {
		parts = append(parts, masked{f.Start.Byte, f.End.Byte, f.Secret.String()})
	}
	return mask(text, parts)
}

// show prints the plans.
func (r *repair) show() {
	some := false
	for _, p := range r.plans {
		if p.Empty() {
			continue
		}
		if !some {
			r.say("The plan:")
		}
		some = true
		// What the changes show is named from the top folder, as git does.
		if len(r.plans) > 1 || r.job.about.places.Shown(p.tree, "") != "." {
			r.say("\nIn %s:", report.Visible(filepath.ToSlash(p.tree.Top())))
		}
		for _, e := range p.Edits {
			r.say("")
			for line := range strings.Lines(e.Shown(r.mask)) {
				r.say("%s", visibleLine(strings.TrimSuffix(line, "\n")))
			}
		}
		if commands := p.Commands(); len(commands) > 0 {
			r.say("\nCommands:")
			for _, c := range commands {
				r.say("  %s", report.Visible(c))
			}
		}
	}
	switch {
	case !some:
		r.say("Nothing to do to files.")
	case r.dryRun || !r.yes:
		r.say("\nNothing is changed yet; keysift fix --yes does it.")
	}
}

// visibleLine makes a line of a text fit to be shown, its tabs kept.
func visibleLine(line string) string {
	parts := strings.Split(line, "\t")
	for i := range parts {
		parts[i] = report.Visible(parts[i])
	}
	return strings.Join(parts, "\t")
}

// apply carries the plans out.
func (r *repair) apply(ctx context.Context) error {
	first := true
	for _, p := range r.plans {
		done, err := p.Apply(ctx, os.Environ())
		for _, d := range done {
			if first {
				r.say("\nDone:")
				first = false
			}
			r.say("  %s\n    undo: %s", report.Visible(d.Act), report.Visible(d.Undo))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *repair) showRefused() {
	for _, p := range r.plans {
		r.refused = append(r.refused, p.Refused...)
	}
	for i, x := range r.refused {
		if i == 0 {
			r.say("\nRefused:")
		}
		r.say("  %s: %s", report.Visible(x.Path), report.Visible(x.Why))
	}
}

// showSpread prints what to do about credentials that git has already.
func (r *repair) showSpread(result *report.Run) {
	first := true
	for _, f := range result.Findings {
		e, err := scan.ParseExposure(f.Exposure)
		if err != nil || e < scan.Committed || f.Suppressed != nil || f.Kind == rules.File.String() {
			continue
		}
		if first {
			r.say("\nNOT REPAIRED by this, because git has it already:")
			first = false
		}
		more := ""
		if f.PlacesTotal > 1 {
			more = fmt.Sprintf(" (%d places)", f.PlacesTotal)
		}
		r.say("\n  %s:%d: %s %s is %s%s", report.Visible(f.Path), f.Start.Line, report.Visible(f.Title), report.Visible(f.Secret), f.Exposure, more)
		if f.Remediation == nil {
			continue
		}
		for i, s := range f.Remediation.Steps {
			r.say("  %d. %s: %s", i+1, s.Action, report.Visible(s.Text))
			if s.Command != "" {
				r.say("       %s", report.Visible(s.Command))
			}
			if s.URL != "" {
				r.say("       %s", report.Visible(s.URL))
			}
		}
	}
}
