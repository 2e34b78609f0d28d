package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"github.com/keysift/keysift/internal/report"
	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/internal/worktree"
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
			f.BoolVar(&c.follow, "follow-symlinks", false, "follow symbolic links")
			f.StringVar(&c.why, "why", "", "scan nothing; explain what is made of one line, `PATH:LINE`")
			return c.run
		},
	}
}

type scanFlags struct {
	common
	stdinPath string
	filesFrom string
	follow    bool
	why       string
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
		return explainLine(sys.stdout, set, path, line)
	}
	files, err := c.listed(sys)
	if err != nil {
		return err
	}
	if len(args) == 0 && c.filesFrom == "" {
		args = []string{"."}
	}
	src, err := worktree.New(args, worktree.Options{
		Files: files, Stdin: sys.stdin, StdinName: c.stdinPath,
		Exclude: c.exclude, MaxFileSize: int64(c.maxFileSize), FollowSymlinks: c.follow,
	})
	if err != nil {
		return err
	}
	j := &job{
		common: &c.common, sys: sys, set: set, source: src,
		coverage: func(s *report.Summary) {
			st := src.Stats()
			s.Files, s.Bytes = st.Files, st.Bytes
		},
	}
	if root := repositoryRoot(args); root != "" {
		j.note = "files only; history not looked at: keysift history"
		j.relative = relativeTo(root)
	}
	return j.run(ctx)
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
