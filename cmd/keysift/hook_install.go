package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/keysift/keysift/hook"
	"github.com/keysift/keysift/internal/report"
)

// A folder is where hooks are put.
type folder struct {
	dir        string
	configured bool // core.hooksPath names it
	global     bool
	workTree   string // of the repository, if there is one
	bare       bool
}

func (c *hookFlags) folder() (folder, error) {
	f := folder{global: c.global}
	var err error
	if c.global {
		f.dir, f.configured, err = hook.GlobalFolder(os.Environ())
		return f, err
	}
	r, err := hook.Open(".", os.Environ())
	if err != nil {
		return f, fmt.Errorf("%w; go to a repository, or install the hook for all: keysift hook install --global", err)
	}
	defer r.Close()
	f.workTree, f.bare = r.WorkTree(), r.Bare()
	f.dir, f.configured, err = r.Folder()
	return f, err
}

// kept reports whether the folder is the one that keysift keeps for all
// repositories, where it has to stand in for theirs.
func (f *folder) kept() bool {
	return f.global && filepath.Base(f.dir) == "hooks" && filepath.Base(filepath.Dir(f.dir)) == "keysift"
}

func (c *hookFlags) install(sys *system) error {
	f, err := c.folder()
	if err != nil {
		return err
	}
	stages := c.stages
	switch {
	case len(stages) > 0:
	case f.bare:
		stages = []string{stagePreReceive}
	default:
		stages = []string{stagePreCommit, stagePreMerge, stageMessage, stagePrePush}
	}
	program, err := installedProgram()
	if err != nil {
		return err
	}
	if program == "" {
		warn(sys, "this program is a temporary one; the hook will look for keysift in PATH")
	}
	scripts, err := hook.Install(f.dir, hook.InstallOptions{Stages: stages, Program: program, Global: f.kept()})
	tellScripts(sys.stdout, scripts)
	if err != nil {
		return err
	}
	if f.global && !f.configured {
		if err := gitConfig("core.hooksPath", f.dir); err != nil {
			return err
		}
		_, err = fmt.Fprintf(sys.stdout, "core.hooksPath is %s now, for all repositories\n", report.Visible(f.dir))
	}
	if f.workTree != "" && strings.HasPrefix(f.dir, f.workTree+string(filepath.Separator)) && !strings.HasPrefix(f.dir, filepath.Join(f.workTree, ".git")+string(filepath.Separator)) {
		warn(sys, "core.hooksPath is a folder of the work tree, so that the hook may be seen by git status")
	}
	return err
}

// installedProgram returns the path of this program as hooks are to call it,
// empty for one that "go run" has built and will delete.
func installedProgram() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("finding this program: %w", err)
	}
	path = filepath.ToSlash(path)
	if strings.Contains(path, "/go-build") && strings.HasPrefix(path, filepath.ToSlash(os.TempDir())) {
		return "", nil
	}
	return path, nil
}

func (c *hookFlags) uninstall(sys *system) error {
	f, err := c.folder()
	if err != nil {
		return err
	}
	if f.kept() && len(c.stages) > 0 {
		return errors.New("--global and --stage: what is for all repositories is taken away as a whole")
	}
	scripts, err := hook.Uninstall(f.dir, c.stages)
	tellScripts(sys.stdout, scripts)
	if err != nil {
		return err
	}
	if f.kept() && f.configured {
		return gitConfig("--unset", "core.hooksPath")
	}
	return nil
}

func (c *hookFlags) status(sys *system) error {
	f, err := c.folder()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(sys.stdout, "hooks are in %s", report.Visible(f.dir))
	if f.configured {
		_, err = fmt.Fprint(sys.stdout, " (core.hooksPath)")
	} else if f.global {
		_, err = fmt.Fprint(sys.stdout, " (not in use: core.hooksPath is not set)")
	}
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintln(sys.stdout)
	tellScripts(sys.stdout, hook.Status(f.dir))
	return nil
}

func tellScripts(w io.Writer, scripts []hook.Script) {
	for _, s := range scripts {
		state := string(s.State)
		if s.PassesOn {
			state += ", only passes on to the hook of the repository"
		}
		if s.Chained != "" {
			state += ", after " + report.Visible(s.Chained)
		}
		_, _ = fmt.Fprintf(w, "%-18s %s\n", s.Name, state)
	}
}

// gitConfig changes the configuration of the user, which only git knows how to
// write.
func gitConfig(args ...string) error {
	cmd := exec.Command("git", append([]string{"config", "--global"}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("git config --global %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(string(out)))
	}
	return nil
}
