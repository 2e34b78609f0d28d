package history

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/keysift/keysift/internal/repo"
	"github.com/keysift/keysift/internal/scan"
)

// An openError says why a repository could not be opened, and is as well the
// record of that for a report.
type openError struct {
	err    error
	record *scan.Incomplete
}

func (e *openError) Error() string   { return e.err.Error() }
func (e *openError) Unwrap() []error { return []error{e.err, e.record} }

// notOpened returns the error of a repository that dir belongs to.
func notOpened(dir string, err error) error {
	return &openError{err, recordOf(dir, err)}
}

func recordOf(dir string, err error) *scan.Incomplete {
	dir = filepath.ToSlash(dir)
	i := &scan.Incomplete{Reason: "unreadable", Path: dir, Detail: err.Error(), Cure: "git -C " + scan.ShellPath(dir) + " fsck --full"}
	if errors.Is(err, repo.ErrNotRepository) {
		i.Reason, i.Cure = "not-a-repository", "to scan plain files, run: keysift scan "+scan.ShellPath(dir)
		return i
	}
	if e, ok := errors.AsType[*repo.ExtensionError](err); ok {
		i.Cure = "make a copy of the repository in a format that is read; to scan plain files, run: keysift scan " + scan.ShellPath(dir)
		if e.Name == "extensions.refstorage" {
			i.Cure = "make a copy of the repository, run in it: git refs migrate --ref-format=files, and audit that"
		}
		return i
	}
	pe, ok := errors.AsType[*fs.PathError](err)
	if !ok {
		return i
	}
	if errors.Is(pe, fs.ErrNotExist) {
		i.Detail, i.Cure = pe.Err.Error(), "check the path"
		return i
	}
	i.Path, i.Detail = filepath.ToSlash(pe.Path), pe.Err.Error()
	switch name := filepath.Base(pe.Path); {
	case errors.Is(pe, fs.ErrPermission):
		i.Path = barrier(pe.Path)
		i.Cure = cureDenied(i.Path)
	case name == "config", name == "config.worktree":
		i.Cure = "mend the file; git config --list --file " + scan.ShellPath(i.Path) + " tells what git makes of it"
	case name == ".git":
		i.Cure = "git worktree repair, or git submodule update --init, writes the file anew"
	}
	return i
}

// denied returns the part of an error that is about permissions, nil if none is.
func denied(err error) *fs.PathError {
	if pe, ok := err.(*fs.PathError); ok {
		if errors.Is(pe, fs.ErrPermission) {
			return pe
		}
		return nil
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		return denied(e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, part := range e.Unwrap() {
			if pe := denied(part); pe != nil {
				return pe
			}
		}
	}
	return nil
}

// barrier returns what has to change for a path to be read: itself or, where not
// even that can be looked at, a folder above it.
func barrier(path string) string {
	for {
		_, err := os.Lstat(path)
		up := filepath.Dir(path)
		if !errors.Is(err, fs.ErrPermission) || up == path {
			return filepath.ToSlash(path)
		}
		path = up
	}
}

func cureDenied(path string) string { return "chmod -R u+rX " + scan.ShellPath(path) }

// asDenied makes a record of what could not be read one of permissions if these
// are at fault: then nothing is damaged, and nothing is to be made anew.
func asDenied(i *scan.Incomplete, err error) *scan.Incomplete {
	if pe := denied(err); pe != nil {
		i.Reason, i.Cure = "unreadable", cureDenied(barrier(pe.Path))
	}
	return i
}
