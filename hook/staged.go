package hook

import (
	"path/filepath"
	"strings"

	"github.com/keysift/keysift/internal/repo"
	"github.com/keysift/keysift/internal/scan"
)

// Staged returns what the next commit would add: the content of the index that
// git names, where it differs from HEAD and, in a merge, from all the commits
// merged.
func (r *Repository) Staged(opts Options) (*Source, error) {
	s := &Source{r: r, opts: opts, exposure: scan.Staged}
	st, err := r.stagedStep()
	if err != nil {
		return nil, err
	}
	s.steps = func(yield func(*step, error) bool) { yield(st, nil) }
	return s, nil
}

// Added reports whether HEAD has nothing at a path of a Source made by
// [Repository.Staged].
func (s *Source) Added(path string) bool {
	if s.added == nil {
		s.added = map[string]bool{}
		for st := range s.steps {
			for i := range st.files {
				if f := &st.files[i]; f.added {
					s.added[f.path] = true
				}
			}
		}
	}
	return s.added[path]
}

// StagedPaths returns the paths of a Source made by [Repository.Staged].
func (s *Source) StagedPaths() map[string]bool {
	paths := map[string]bool{}
	for st := range s.steps {
		for i := range st.files {
			paths[st.files[i].path] = true
		}
	}
	return paths
}

func (r *Repository) stagedStep() (*step, error) {
	index, err := r.index()
	if err != nil {
		return nil, err
	}
	parents, err := r.parents()
	if err != nil {
		return nil, err
	}
	d := stagedDiff{before: map[repo.Hash]bool{}, same: map[string]bool{}}
	for i, p := range parents {
		var tree repo.Hash // that of an unborn branch is empty
		if !p.IsZero() {
			if tree, _, err = r.trees.Root(p); err != nil {
				return nil, r.incomplete("", p, err)
			}
		}
		d.at = map[string]bool{}
		for c, err := range index.Diff(tree, r.trees.Read, repo.DiffOptions{Deletions: true}) {
			if err != nil {
				return nil, r.incomplete("", repo.Hash{}, err)
			}
			d.change(&c, i == 0)
		}
		d.endParent(i == 0)
	}
	return &step{files: d.files(), before: func() ([]version, error) { return d.versions, nil }}, nil
}

// A stagedDiff collects how an index differs from several trees.
type stagedDiff struct {
	first    []repo.Change      // changes against the first parent
	same     map[string]bool    // paths of first that another parent has alike
	at       map[string]bool    // paths changed against the parent at hand
	before   map[repo.Hash]bool // content that a touched path had
	versions []version
}

func (d *stagedDiff) change(c *repo.Change, first bool) {
	if !c.OldID.IsZero() && c.OldMode&repo.ModeType == repo.ModeRegular {
		d.versions = append(d.versions, version{c.Path, c.OldID})
		d.before[c.OldID] = true
	}
	switch {
	case c.Deleted() || !c.Unmerged && c.ID == c.OldID:
	case first:
		d.first = append(d.first, *c)
	default:
		d.at[c.Path] = true
	}
}

// endParent notes the changes that are none against the parent at hand.
func (d *stagedDiff) endParent(first bool) {
	if first {
		return
	}
	for i := range d.first {
		if !d.at[d.first[i].Path] {
			d.same[d.first[i].Path] = true
		}
	}
}

// files returns what differs from every parent. Content that a touched path
// had before has been moved, and is not read again.
func (d *stagedDiff) files() []file {
	var out []file
	for i := range d.first {
		c := &d.first[i]
		if d.same[c.Path] {
			continue
		}
		f := file{path: c.Path, mode: c.Mode, id: c.ID, added: c.OldID.IsZero(), skipped: kind(c.Mode)}
		switch {
		case c.Unmerged:
			f.failed = &scan.Incomplete{
				Reason: "unreadable", Path: c.Path, Detail: "the path is in conflict, so that it is open what is to be committed",
				Cure: "resolve the conflict, then: git add " + ShellWord(c.Path),
			}
		case f.skipped == "" && d.before[c.ID]:
			continue
		}
		out = append(out, f)
	}
	return out
}

// parents returns what the next commit will have as parents. A zero id stands
// for that of the first commit.
func (r *Repository) parents() ([]repo.Hash, error) {
	head, err := r.repo.Head()
	if err != nil {
		return nil, err
	}
	merged, err := r.ids(filepath.Join(r.repo.GitDir, "MERGE_HEAD"))
	if err != nil {
		return nil, err
	}
	if len(merged) == 0 {
		merged = r.announced()
	}
	return append([]repo.Hash{head.ID}, merged...), nil
}

// announced returns the commits that git merge names in its environment, in
// variables such as GITHEAD_ID=branch: MERGE_HEAD is written only after the
// hook has agreed.
func (r *Repository) announced() []repo.Hash {
	var out []repo.Hash
	for _, kv := range r.environ {
		rest, ok := strings.CutPrefix(kv, "GITHEAD_")
		if !ok {
			continue
		}
		name, _, _ := strings.Cut(rest, "=")
		id, err := repo.ParseHash(name)
		if err != nil || len(name) != 2*r.repo.Format.Size() {
			continue
		}
		if _, err := r.commit(id); err == nil {
			out = append(out, id)
		}
	}
	return out
}
