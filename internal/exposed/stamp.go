package exposed

import (
	"iter"
	"path/filepath"

	"github.com/keysift/keysift/internal/scan"
)

// Stamp yields what seq does, with the Exposure of findings in files that
// belong to a repository. except are paths of chunks that are no files.
func (p *Places) Stamp(seq iter.Seq2[scan.Finding, error], except map[string]bool) iter.Seq2[scan.Finding, error] {
	return func(yield func(scan.Finding, error) bool) {
		var path string
		var file *File // of path; nil outside of a repository
		for f, err := range seq {
			if err == nil && f.Exposure == scan.NoExposure && !except[f.Path] {
				if f.Path != path {
					path, file = f.Path, nil
					if t, rel := p.Tree(path); t != nil {
						file = t.File(rel)
					}
				}
				if file != nil {
					f.Exposure = exposureOf(file, &f)
				}
			}
			if !yield(f, err) {
				return
			}
		}
	}
}

// exposureOf returns the exposure of a finding. Of decoded content only the
// file as a whole can be compared with what git has.
func exposureOf(file *File, f *scan.Finding) scan.Exposure {
	if name := filepath.FromSlash(f.Path); len(f.Decoded) > 0 || onDisk(name) != name {
		return file.Exposure
	}
	return file.Of(f.Secret)
}

// Skip returns a reason to leave out what git ignores and does not track, for
// a walk over files; it is worktree.Options.Skip. What could not be read is not
// left out.
func (p *Places) Skip(reason string) func(path string, dir bool) string {
	return func(path string, dir bool) string {
		t, rel := p.Tree(path)
		if t == nil || rel == "" {
			return ""
		}
		if d := t.Ignored(rel, dir); !d.Ignored || t.Tracked(rel, dir) {
			return ""
		}
		return reason
	}
}
