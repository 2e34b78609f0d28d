package hook

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/keysift/keysift/internal/repo"
)

// InstallOptions say what [Install] is to put in place.
type InstallOptions struct {
	Stages  []string // which of [Stages]
	Program string   // path of keysift; empty to look for it in PATH
	// Global says that the folder is for all repositories, each of which may
	// have hooks of its own that are to go on running.
	Global bool
}

func (o *InstallOptions) has(stage string) bool { return slices.Contains(o.Stages, stage) }

// A State is what became of a hook, or what it is.
type State string

// States of a hook.
const (
	Installed State = "installed"
	Updated   State = "updated"
	Unchanged State = "unchanged"
	Removed   State = "removed"
	Restored  State = "restored" // the one that was there before is back
	Absent    State = "not installed"
	Foreign   State = "not keysift's"
)

// A Script is one hook in a folder.
type Script struct {
	Name, Path string
	State      State
	Chained    string // path of the hook that is run first, if there is one
	PassesOn   bool   // it runs hooks of each repository and not keysift
}

var errTaken = errors.New("there is a hook in the way")

// Folder returns the folder from which git takes the hooks of the repository,
// and whether core.hooksPath says so.
func (r *Repository) Folder() (dir string, configured bool, err error) {
	user, err := repo.UserConfig(r.env)
	if err != nil {
		return "", false, fmt.Errorf("reading the configuration of git: %w", err)
	}
	dir, ok := user.Append(r.repo.Config).Get("core.hookspath")
	if !ok || dir == "" {
		return filepath.Join(r.repo.CommonDir, "hooks"), false, nil
	}
	home, _ := r.env("HOME")
	base := r.repo.WorkTree // where git runs hooks
	if base == "" {
		base = r.repo.GitDir
	}
	return hooksPath(dir, home, base)
}

// GlobalFolder returns the folder that the user's configuration of git names
// for the hooks of all repositories or, if it names none, where keysift keeps
// one.
func GlobalFolder(environ []string) (dir string, configured bool, err error) {
	env := (&Repository{environ: environ}).env
	user, err := repo.UserConfig(env)
	if err != nil {
		return "", false, fmt.Errorf("reading the configuration of git: %w", err)
	}
	home, _ := env("HOME")
	if dir, ok := user.Get("core.hookspath"); ok && dir != "" {
		if !filepath.IsAbs(dir) && !strings.HasPrefix(dir, "~/") {
			return "", true, fmt.Errorf("core.hooksPath is %s, another folder in each repository; install the hook in each of them", dir)
		}
		return hooksPath(dir, home, "")
	}
	config, _ := env("XDG_CONFIG_HOME")
	if config == "" && home != "" && runtime.GOOS != "windows" {
		config = filepath.Join(home, ".config")
	}
	if config == "" {
		if config, err = os.UserConfigDir(); err != nil {
			return "", false, err
		}
	}
	return filepath.Join(config, "keysift", "hooks"), false, nil
}

func hooksPath(dir, home, base string) (string, bool, error) {
	if rest, ok := strings.CutPrefix(dir, "~/"); ok {
		dir = filepath.Join(home, rest)
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(base, dir)
	}
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return "", true, fmt.Errorf("core.hooksPath is %s, no folder: hooks are switched off; git config --unset core.hooksPath", dir)
	}
	return dir, true, nil
}

// Install puts hooks into a folder. One that is there already and not of
// keysift is kept beside it and run first. Doing it again changes nothing.
func Install(dir string, opts InstallOptions) ([]Script, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	var out []Script
	for _, name := range names(opts.Global) {
		passOn := !opts.has(name)
		if passOn && (!opts.Global || owned(filepath.Join(dir, name))) {
			continue
		}
		s, err := install(dir, name, script(name, opts))
		if err != nil {
			return out, err
		}
		s.PassesOn = passOn
		out = append(out, s)
	}
	return out, nil
}

// names returns the hooks that may be in a folder.
func names(global bool) []string {
	if global {
		return slices.Concat(Stages(), passedOn())
	}
	return Stages()
}

func install(dir, name string, text []byte) (Script, error) {
	s := look(dir, name)
	switch s.State {
	case Installed:
		old, err := os.ReadFile(s.Path)
		if err == nil && bytes.Equal(old, text) {
			s.State = Unchanged
			return s, nil
		}
		s.State = Updated
	case Foreign:
		kept := s.Path + originalSuffix
		if _, err := os.Lstat(kept); err == nil {
			return s, fmt.Errorf("installing %s: %w: both %s and %s are there; take one of them away", name, errTaken, s.Path, kept)
		}
		if err := os.Rename(s.Path, kept); err != nil {
			return s, fmt.Errorf("keeping the hook that is there: %w", err)
		}
		s.Chained = kept
		if err := writeScript(s.Path, text); err != nil {
			return s, errors.Join(err, os.Rename(kept, s.Path))
		}
		s.State = Installed
		return s, nil
	default:
		s.State = Installed
	}
	return s, writeScript(s.Path, text)
}

// writeScript writes a file that git may run, as a whole or not at all.
func writeScript(path string, text []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".keysift-hook-*")
	if err != nil {
		return fmt.Errorf("writing a hook: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("writing %s: %w", path, err), os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err = os.Chmod(f.Name(), 0o755); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// Uninstall takes the hooks of these names away and brings back those that
// were there before. No name means all.
func Uninstall(dir string, only []string) ([]Script, error) {
	if len(only) == 0 {
		only = names(true)
	}
	var out []Script
	for _, name := range only {
		s := look(dir, name)
		if s.State != Installed {
			if s.State == Foreign {
				out = append(out, s)
			}
			continue
		}
		if s.Chained != "" {
			if err := os.Rename(s.Chained, s.Path); err != nil {
				return out, fmt.Errorf("restoring %s: %w", s.Path, err)
			}
			s.State, s.Chained = Restored, ""
		} else {
			if err := os.Remove(s.Path); err != nil {
				return out, fmt.Errorf("removing a hook: %w", err)
			}
			s.State = Removed
		}
		out = append(out, s)
	}
	return out, nil
}

// Status says what is in a folder, for each of [Stages].
func Status(dir string) []Script {
	var out []Script
	for _, name := range Stages() {
		s := look(dir, name)
		if s.State == Installed {
			text, err := readBounded(s.Path)
			s.PassesOn = err == nil && !bytes.Contains(text, []byte("hook run --quiet --stage "+name))
		}
		out = append(out, s)
	}
	return out
}

// look says what stands in a folder under the name of a hook.
func look(dir, name string) Script {
	s := Script{Name: name, Path: filepath.Join(dir, name), State: Absent}
	if _, err := os.Lstat(s.Path); err != nil {
		return s
	}
	s.State = Foreign
	if owned(s.Path) {
		s.State = Installed
		kept := s.Path + originalSuffix
		if _, err := os.Lstat(kept); err == nil {
			s.Chained = kept
		}
	}
	return s
}

// owned reports whether a file is a script of keysift.
func owned(path string) bool {
	text, err := readBounded(path)
	return err == nil && ours(text)
}
