package fix

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A Done is one act that was carried out, and how to take it back.
type Done struct{ Act, Undo string }

// Apply carries the plan out and returns what was done, up to the first error.
// A file that has changed since the plan was made is an error.
func (p *Plan) Apply(ctx context.Context, environ []string) ([]Done, error) {
	var done []Done
	for _, e := range p.Edits {
		if err := ctx.Err(); err != nil {
			return done, err
		}
		if err := p.write(e); err != nil {
			return done, fmt.Errorf("writing %s: %w", p.shown(e.Rel), err)
		}
		act := "changed " + p.shown(e.Rel)
		if e.Created {
			act = "created " + p.shown(e.Rel)
		}
		done = append(done, Done{act, e.Undo})
	}
	if len(p.Untrack) == 0 {
		return done, nil
	}
	if err := p.untrack(ctx, environ); err != nil {
		return done, fmt.Errorf("taking files out of the index: %w", err)
	}
	for i, rel := range p.Untrack {
		done = append(done, Done{"took " + p.shown(rel) + " out of the index; the file stays on disk", p.Undo[i]})
	}
	return done, nil
}

var errChanged = errors.New("it has changed since it was looked at; run the command again")

// write replaces a file as a whole, or creates it.
func (p *Plan) write(e *Edit) (err error) {
	if err := p.ordinary(e.Rel); err != nil {
		return err
	}
	name := p.file(e.Rel)
	mode := fs.FileMode(0o644)
	info, err := os.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist) && e.Created:
	case err != nil:
		return err
	case e.Created:
		return errChanged
	default:
		mode = info.Mode().Perm()
		if now, err := os.ReadFile(name); err != nil || !bytes.Equal(now, e.Old) {
			return errors.Join(errChanged, err)
		}
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".keysift-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	_, err = f.Write(e.New)
	if err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return err
	}
	if e.Created {
		// A link fails where a file has come into being meanwhile.
		if err = os.Link(f.Name(), name); err == nil {
			return os.Remove(f.Name())
		}
		if errors.Is(err, fs.ErrExist) {
			return errChanged
		}
	}
	return os.Rename(f.Name(), name)
}

// untrack takes files out of the index by git's plumbing, which knows every
// form of index there is. Whatever configuration could have git run is off.
func (p *Plan) untrack(ctx context.Context, environ []string) error {
	git, err := exec.LookPath("git")
	if err != nil {
		return fmt.Errorf("%w; run: %s", err, p.git("rm --cached --", p.Untrack[0]))
	}
	cmd := exec.CommandContext(ctx, git,
		"-c", "core.hooksPath="+os.DevNull, "-c", "core.fsmonitor=false", "-c", "core.untrackedCache=false",
		"update-index", "--force-remove", "-z", "--stdin")
	cmd.Dir = p.opts.Top
	for _, kv := range environ {
		if !strings.HasPrefix(kv, "GIT_") || strings.HasPrefix(kv, "GIT_CONFIG_GLOBAL=") || strings.HasPrefix(kv, "GIT_CONFIG_SYSTEM=") || strings.HasPrefix(kv, "GIT_CONFIG_NOSYSTEM=") {
			cmd.Env = append(cmd.Env, kv)
		}
	}
	r := p.opts.Repo
	cmd.Env = append(cmd.Env, "GIT_DIR="+r.GitDir, "GIT_WORK_TREE="+p.opts.Top, "GIT_INDEX_FILE="+r.IndexFile)
	cmd.Stdin = strings.NewReader(strings.Join(p.Untrack, "\x00") + "\x00")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("git update-index: %w: %s", err, strings.TrimSpace(out.String()))
	}
	return nil
}

// Commands returns what the plan does beside its edits, as a person would do it.
func (p *Plan) Commands() []string {
	var out []string
	for _, rel := range p.Untrack {
		out = append(out, p.git("rm --cached --", rel))
	}
	return out
}
