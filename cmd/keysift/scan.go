package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/keysift/keysift/internal/exposed"
	"github.com/keysift/keysift/internal/report"
	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/internal/worktree"
	"github.com/keysift/keysift/rules"
)

func scanCommand() *command {
	return &command{
		name: "scan", args: "[PATH…]",
		summary: "scans files, folders and standard input",
		manual: `
Scans the files and folders named, by default the current folder, and with "-"
standard input. Folders are scanned with all below them, hidden files and what
git ignores included; only the folder .git is left out, since its content is
that of the history.

In a git repository each finding says how far its file has got: ignored,
unignored, staged, committed, pushed or tagged, by the index, HEAD and the tips
of remote-tracking refs and tags. What git ignores is printed apart and does not
fail the run, unless --min-exposure says so; --skip-ignored leaves it out.
Files that hold credentials, and files known by their names to do so, are
findings of their own where git, an image or a package would take them along.

The report goes to standard output; what could not be read, and one line that
says what was looked at, to standard error.

Exit status: 0 everything was looked at and nothing found, 1 something was
found, 2 not everything could be looked at or the command was used wrongly,
130 interrupted. Errors beat findings; both are printed.

A finding that is none can be allowed by a comment on its line or on the line
before it, which names the rule and a reason:
  token: abc  # keysift:allow RULE the reason`,
		setup: func(f *pflag.FlagSet) runFunc {
			c := &scanFlags{}
			c.common.declare(f)
			f.StringVar(&c.stdinPath, "stdin-path", "", "`NAME` that standard input has in the report")
			f.StringVar(&c.filesFrom, "files-from", "", "also scan the paths listed in `FILE`, one a line or ended by NUL")
			f.BoolVar(&c.skipIgnored, "skip-ignored", false, "leave out what git ignores and does not track")
			f.BoolVar(&c.follow, "follow-symlinks", false, "follow symbolic links")
			f.BoolVar(&c.goPasses, "go", false, "also run the analyzers of Go over the modules in the paths; needs the go command")
			f.StringVar(&c.why, "why", "", "scan nothing; explain what is made of one line, `PATH:LINE`")
			return c.run
		},
	}
}

type scanFlags struct {
	common
	stdinPath   string
	filesFrom   string
	skipIgnored bool
	follow      bool
	goPasses    bool
	why         string
}

func (c *scanFlags) run(ctx context.Context, sys *system, args []string) error {
	c.onDisk = true
	if err := c.check(sys); err != nil {
		return err
	}
	set, err := c.ruleSet()
	if err != nil {
		return err
	}
	if c.why != "" {
		path, line, ok := splitPlace(c.why)
		if !ok {
			return fmt.Errorf("--why is %q, want PATH:LINE", c.why)
		}
		if len(c.outputs) > 0 || c.format != "" && c.format != "text" {
			return errors.New("--why explains one line as text on standard output; it goes neither with --format nor with --output")
		}
		return explainLine(sys.stdout, set, c.shown(path), path, line)
	}
	files, err := c.listed(sys)
	if err != nil {
		return err
	}
	if len(args) == 0 && c.filesFrom == "" {
		args = []string{"."}
	}
	places := exposed.New(exposed.Options{Env: lookupEnv(sys), CI: sys.getenv("CI") != ""})
	defer func() { _ = places.Close() }()
	opts := worktree.Options{
		Files: files, Stdin: sys.stdin, StdinName: c.stdinPath,
		Exclude: c.exclude, MaxFileSize: int64(c.maxFileSize), ArchiveDepth: c.archiveDepth(), FollowSymlinks: c.follow,
	}
	if c.skipIgnored {
		opts.Skip = places.Skip("excluded")
	}
	src, err := worktree.New(args, opts)
	if err != nil {
		return err
	}
	about, err := c.newFileFindings(places, set, exposed.FileOptions{Except: c.notFiles(args)})
	if err != nil {
		return err
	}
	j := &job{
		common: &c.common, sys: sys, set: set, source: about.Source(src), about: about,
		coverage: func(s *report.Summary) {
			st := src.Stats()
			s.Files, s.Bytes = st.Files, st.Bytes
		},
	}
	if c.goPasses {
		j.passes = newGoPasses(j.source, set, categoryOff(set, c.enable, c.disable))
		j.source = j.passes
	}
	if root := repositoryRoot(args); root != "" {
		j.note = "files only; history not looked at: keysift history"
		j.relative = relativeTo(root)
	}
	return j.run(ctx)
}

// notFiles returns the paths of what is no file: standard input.
func (c *scanFlags) notFiles(args []string) map[string]bool {
	out := map[string]bool{}
	if slices.Contains(args, "-") {
		out[cmp.Or(c.stdinPath, "stdin")] = true
	}
	return out
}

// lookupEnv returns the environment in the form that os.LookupEnv has.
func lookupEnv(sys *system) func(string) (string, bool) {
	return func(name string) (string, bool) {
		v := sys.getenv(name)
		return v, v != ""
	}
}

// fileFindings stamp findings with their exposure and make those about files.
type fileFindings struct {
	*exposed.Files
	places *exposed.Places
	except map[string]bool
	stamps bool // the exposure of findings is not known yet
}

// newFileFindings returns what does that for the files that places know. It fills
// in the options that all commands have in common.
func (c *common) newFileFindings(places *exposed.Places, set *rules.Set, opts exposed.FileOptions) (*fileFindings, error) {
	var err error
	if opts.Known, err = rules.KnownFiles(); err != nil {
		return nil, err
	}
	opts.Enabled = set.FileEnabled
	opts.Counts = func(f *scan.Finding) bool {
		return f.Confidence >= c.minConfidence && f.Severity >= c.minSeverity
	}
	return &fileFindings{places.NewFiles(opts), places, opts.Except, opts.Change == nil}, nil
}

// stamp yields findings with their exposure.
func (a *fileFindings) stamp(seq iter.Seq2[scan.Finding, error]) iter.Seq2[scan.Finding, error] {
	if !a.stamps {
		return seq
	}
	return a.places.Stamp(seq, a.except)
}

// listed returns the paths of --files-from. A list with a NUL byte in it is
// separated by those, any other one by line ends.
func (c *scanFlags) listed(sys *system) ([]string, error) {
	if c.filesFrom == "" {
		return nil, nil
	}
	var data []byte
	var err error
	if c.filesFrom == "-" {
		data, err = io.ReadAll(sys.stdin)
	} else {
		data, err = os.ReadFile(c.filesFrom)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the list of files: %w", err)
	}
	sep, text := "\n", string(data)
	if strings.Contains(text, "\x00") {
		sep = "\x00"
	}
	var files []string
	for f := range strings.SplitSeq(text, sep) {
		if sep == "\n" {
			f = strings.TrimSuffix(f, "\r")
		}
		if f != "" {
			files = append(files, f)
		}
	}
	return files, nil
}

// repositoryRoot returns the top folder of the git repository in which the
// first path lies, or an empty string. It looks for names only.
func repositoryRoot(paths []string) string {
	if len(paths) == 0 || paths[0] == "-" {
		return ""
	}
	dir, err := filepath.Abs(paths[0])
	if err != nil {
		return ""
	}
	for {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

// relativeTo returns a function that makes paths relative to a folder, for
// formats whose readers know nothing of the working directory.
func relativeTo(root string) func(string) string {
	return func(p string) string {
		abs, err := filepath.Abs(filepath.FromSlash(p))
		if err != nil {
			return p
		}
		rel, err := filepath.Rel(root, abs)
		if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			return p
		}
		return filepath.ToSlash(rel)
	}
}

var _ scan.Source = (*worktree.Source)(nil)
