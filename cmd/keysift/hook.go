package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/keysift/keysift/hook"
	"github.com/keysift/keysift/internal/exposed"
	"github.com/keysift/keysift/internal/repo"
	"github.com/keysift/keysift/internal/report"
	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/internal/worktree"
	"github.com/keysift/keysift/rules"
)

const stagePreCommit, stagePreMerge, stageMessage, stagePrePush, stagePreReceive = "pre-commit", "pre-merge-commit", "commit-msg", "pre-push", "pre-receive"

func hookCommand() *command {
	return &command{
		name: "hook", args: "run [FILE…] | install | uninstall | status",
		summary: "stops credentials at commit and push",
		manual: `
hook run        is what git runs. It refuses, with status 1, a commit that adds
                a credential: one that neither the parents of the commit nor the
                files that it changes, moves or deletes have held so far. A FILE
                that is not staged is scanned whole. What could not be read
                refuses the commit, too, with status 2 and the reason.
hook install    puts the hook in place, in the folder from which git takes hooks
                (core.hooksPath). A hook that is there is kept and run first.
                Doing it again changes nothing.
hook uninstall  takes it away and brings back the one that was there before.
hook status     says what is there.

--stage says which hook:
  pre-commit        what is staged (the default of hook run)
  pre-merge-commit  the same for a merge without conflicts
  commit-msg        the message of the commit, in FILE
  pre-push          what the remote does not have yet; git gives the list of refs
                    on standard input, and the remote's name and URL as arguments
  pre-receive       on a server, what it does not have yet, before it takes it
Installed are by default all but the last, in a bare repository that one only.

With --global, install writes the hooks once for all repositories of the user,
whose own hooks go on running, and sets core.hooksPath in the configuration of
git.

The report goes to standard error. What is less likely than medium is never
shown; --fail-confidence high lets medium pass. Configuration, known findings
and comments count as they are staged. A file that holds what was found, and had
better be kept out of git, is named with the command that does so.`,
		setup: func(f *pflag.FlagSet) runFunc {
			c := &hookFlags{}
			c.common.declare(f)
			f.StringSliceVar(&c.stages, "stage", nil, "`STAGE`: "+strings.Join(hook.Stages(), ", "))
			f.BoolVar(&c.global, "global", false, "install, uninstall, status: for all repositories of the user")
			return c.run
		},
	}
}

type hookFlags struct {
	common
	stages []string
	global bool
}

func (c *hookFlags) run(ctx context.Context, sys *system, args []string) error {
	if len(args) == 0 {
		return errors.New("want: keysift hook run, install, uninstall or status")
	}
	for _, s := range c.stages {
		if !slices.Contains(hook.Stages(), s) {
			return fmt.Errorf("unknown stage %q, want one of %s", s, strings.Join(hook.Stages(), ", "))
		}
	}
	verb, args := args[0], args[1:]
	if verb == "run" {
		return c.hookRun(ctx, sys, args)
	}
	if len(args) > 0 {
		return fmt.Errorf("keysift hook %s takes no arguments, but got %q", verb, args[0])
	}
	switch verb {
	case "install":
		return c.install(sys)
	case "uninstall":
		return c.uninstall(sys)
	case "status":
		return c.status(sys)
	}
	return fmt.Errorf("keysift hook %s: want run, install, uninstall or status", verb)
}

// A hookRun is one run of the hook.
type hookRun struct {
	*hookFlags
	sys    *system
	stage  string
	repo   *hook.Repository
	src    *hook.Source
	files  *worktree.Source  // given by name and not staged; may be nil
	about  *fileFindings     // makes the findings about files; may be nil
	staged map[string]bool   // paths of what is staged
	odd    map[string]string // paths that are not UTF-8, by what a report makes of them
}

func (c *hookFlags) hookRun(ctx context.Context, sys *system, args []string) error {
	h := &hookRun{hookFlags: c, sys: sys, stage: stagePreCommit}
	if len(c.stages) > 1 {
		return fmt.Errorf("--stage names %d stages; keysift hook run is one at a time", len(c.stages))
	}
	if len(c.stages) == 1 {
		h.stage = c.stages[0]
	}
	// What follows the verb are no paths from which to look for a policy.
	if err := c.flags.Parse([]string{"--"}); err != nil {
		return err
	}
	var err error
	if h.repo, err = hook.Open(".", os.Environ()); errors.Is(err, repo.ErrNotRepository) {
		return h.outside(ctx, err)
	}
	if err != nil {
		return err
	}
	defer h.repo.Close()
	h.choosePolicy()
	if err := c.check(sys); err != nil {
		return err
	}
	c.minConfidence = max(c.minConfidence, rules.MediumConfidence)
	c.failConfidence = max(c.failConfidence, c.minConfidence)
	set, err := c.ruleSet()
	if err != nil {
		return err
	}
	places := exposed.New(exposed.Options{Env: lookupEnv(sys)})
	defer func() { _ = places.Close() }()
	if h.about, err = h.newAbout(places, set); err != nil {
		return err
	}
	if err := h.sources(args); err != nil {
		var in *scan.Incomplete
		if !errors.As(err, &in) {
			return err
		}
		return h.job(set, nothing(in)).run(ctx)
	}
	return h.job(set, h.findings).run(ctx)
}

// outside is a run where there is no repository.
func (h *hookRun) outside(ctx context.Context, err error) error {
	if err := h.check(h.sys); err != nil {
		return err
	}
	set, rerr := h.ruleSet()
	if rerr != nil {
		return rerr
	}
	return h.job(set, nothing(&scan.Incomplete{
		Reason: "not-a-repository", Path: ".", Detail: err.Error(), Cure: "to scan plain files, run: keysift scan .",
	})).run(ctx)
}

// job returns the job that reports what the hook has found.
func (h *hookRun) job(set *rules.Set, findings scanFunc) *job {
	return &job{
		common: &h.common, sys: h.sys, set: set, scan: findings, about: h.about, text: h.text,
		relative: func(path string) string { return path },
		coverage: h.coverage,
	}
}

// sources opens what the stage is about.
func (h *hookRun) sources(args []string) (err error) {
	exclude, err := worktree.Excluder(h.exclude)
	if err != nil {
		return err
	}
	opts := hook.Options{Exclude: exclude, MaxBlob: int64(h.maxFileSize), Archives: h.archives()}
	if h.about != nil {
		opts.Seen = h.about.See
	}
	switch h.stage {
	case stagePreCommit, stagePreMerge:
		if h.src, err = h.repo.Staged(opts); err != nil {
			return err
		}
		h.staged = h.src.StagedPaths()
		h.odd = oddPaths(h.staged)
		// A matcher is made for each worker: not for those that get nothing.
		h.jobs = min(h.jobs, max(len(h.staged)+len(args), 1))
		return h.unstaged(args)
	case stageMessage:
		if len(args) != 1 {
			return errors.New("want the file of the message: keysift hook run --stage commit-msg FILE")
		}
		h.jobs = 1
		h.src, err = h.repo.Message(args[0], opts)
	case stagePrePush:
		h.src, err = h.pushed(args, opts)
	case stagePreReceive:
		var updates []hook.Update
		if updates, err = hook.ReadPreReceive(h.sys.stdin); err == nil {
			h.src, err = h.repo.Received(updates, opts)
		}
	}
	return err
}

// unstaged makes a source of the files that are not staged. Symbolic links and
// submodules are no content of the repository.
func (h *hookRun) unstaged(names []string) error {
	var list []string
	for _, name := range names {
		if !h.staged[h.inRepository(name)] {
			list = append(list, name)
		}
	}
	if len(list) == 0 {
		return nil
	}
	list = slices.DeleteFunc(list, func(name string) bool {
		info, err := os.Lstat(name)
		if err != nil {
			return false // the source says why
		}
		_, err = os.Lstat(filepath.Join(name, ".git"))
		return info.Mode()&fs.ModeSymlink != 0 || info.IsDir() && err == nil
	})
	var err error
	h.files, err = worktree.New(nil, worktree.Options{
		Files: list, Exclude: h.exclude, MaxFileSize: int64(h.maxFileSize), ArchiveDepth: h.archiveDepth(),
	})
	return err
}

// inRepository returns a path as the index has it, empty if it is outside.
func (h *hookRun) inRepository(name string) string {
	abs, err := filepath.Abs(name)
	if err != nil || h.repo.WorkTree() == "" {
		return ""
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(abs))
	if err != nil {
		return ""
	}
	rel, err := filepath.Rel(h.repo.WorkTree(), filepath.Join(dir, filepath.Base(abs)))
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return ""
	}
	return filepath.ToSlash(rel)
}

// pushed opens what a push adds. The pre-commit framework reads the list of
// refs itself and says in its environment what it has read.
func (h *hookRun) pushed(args []string, opts hook.Options) (*hook.Source, error) {
	if h.sys.getenv("PRE_COMMIT") != "" {
		to := hook.Remote{Name: h.sys.getenv("PRE_COMMIT_REMOTE_NAME"), URL: h.sys.getenv("PRE_COMMIT_REMOTE_URL")}
		name := cmp.Or(h.sys.getenv("PRE_COMMIT_TO_REF"), h.sys.getenv("PRE_COMMIT_LOCAL_BRANCH"), "HEAD")
		id, err := h.repo.Revision(name)
		if err != nil {
			return nil, &scan.Incomplete{Reason: "bad-range", Path: name, Detail: err.Error(), Cure: "push again"}
		}
		update := hook.Update{New: id}
		if old, err := h.repo.Revision(h.sys.getenv("PRE_COMMIT_FROM_REF")); err == nil {
			update.Old = old
		}
		return h.repo.Pushed([]hook.Update{update}, to, opts)
	}
	var to hook.Remote
	if len(args) > 0 {
		to.Name = args[0]
	}
	if len(args) > 1 {
		to.URL = args[1]
	}
	if f, ok := h.sys.stdin.(io.Writer); ok && h.sys.terminal(f) {
		return nil, errors.New("keysift hook run --stage pre-push reads the list of refs that git writes; to look at the history, run: keysift history")
	}
	updates, err := hook.ReadPrePush(h.sys.stdin)
	if err != nil {
		return nil, err
	}
	return h.repo.Pushed(updates, to, opts)
}

// newAbout returns what makes the findings about files of a commit to be, or of
// those that are pushed. A server has no work tree that says what is ignored.
func (h *hookRun) newAbout(places *exposed.Places, set *rules.Set) (*fileFindings, error) {
	tree := places.Of(h.repo.Repo())
	change := exposed.Change{Tree: tree}
	switch h.stage {
	case stagePreCommit, stagePreMerge:
		change.Exposure = scan.Staged
	case stagePrePush:
		change.Exposure = scan.Committed
	default:
		return nil, nil
	}
	if tree == nil {
		return nil, nil
	}
	return h.newFileFindings(places, set, exposed.FileOptions{
		Change: func(path string, named bool, findings int) (exposed.Change, bool) {
			if change.Exposure == scan.Committed {
				return change, named && findings > 0 // of others, what they hold has said all
			}
			c := change
			c.Added = h.src.Added(path)
			c.Content = func() ([]byte, error) { return h.repo.StagedFile(path) }
			return c, h.staged[path]
		},
	})
}

// findings yields what the change adds, then what stands in other files.
func (h *hookRun) findings(ctx context.Context, engine *scan.Engine) iter.Seq2[scan.Finding, error] {
	return func(yield func(scan.Finding, error) bool) {
		for f, err := range h.src.Findings(ctx, engine) {
			if !yield(f, err) {
				return
			}
		}
		if h.files == nil {
			return
		}
		for f, err := range engine.Scan(ctx, h.files) {
			if !yield(f, err) {
				return
			}
		}
	}
}

func (h *hookRun) coverage(s *report.Summary) {
	if h.src != nil {
		st := h.src.Stats()
		s.Files, s.Blobs, s.Commits, s.Bytes = st.Files, st.Blobs, st.Commits, st.Bytes
	}
	if h.files != nil {
		st := h.files.Stats()
		s.Files += st.Files
		s.Bytes += st.Bytes
	}
}

// choosePolicy makes the policy that of the index or, on a server, that of the
// default branch: what is pushed may not allow itself.
func (h *hookRun) choosePolicy() {
	if h.stage != stagePreReceive {
		h.readPolicy = h.fromIndex
		return
	}
	switch {
	case h.policyFrom != "" || !h.repo.Bare():
	case h.repo.Unborn():
		h.readPolicy = func(name string) ([]byte, error) {
			return nil, fmt.Errorf("%s: %w: there is no commit yet", name, fs.ErrNotExist)
		}
	default:
		h.policyFrom = "HEAD"
	}
}

// fromIndex returns a file of the policy as it is staged or, if it lies outside
// of the work tree, as it is on the disk.
func (h *hookRun) fromIndex(name string) ([]byte, error) {
	path := h.inRepository(name)
	if path == "" {
		return readOrdinary(name)
	}
	return h.repo.StagedFile(path)
}
