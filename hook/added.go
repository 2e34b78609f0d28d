package hook

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"iter"
	"slices"

	"github.com/keysift/keysift/internal/decode"
	"github.com/keysift/keysift/internal/repo"
	"github.com/keysift/keysift/internal/scan"
)

const (
	// maxGroup is how many findings of one commit are compared at once with
	// what was there before.
	maxGroup = 4096

	// minContained is the length in bytes from which a secret that stands in
	// an old version counts as known even where nothing was found there, for
	// want of a name before it or of its other half. Shorter ones stand in
	// text by chance.
	minContained = 16
)

// Findings scans the source and yields what [scan.Engine.Scan] does, without
// the findings that the change does not add: those whose secret a version of
// the same path holds in one of the parents, or the version of any other path
// that the change touches. So neither a rename nor a merge brings findings.
func (s *Source) Findings(ctx context.Context, engine *scan.Engine) iter.Seq2[scan.Finding, error] {
	return func(yield func(scan.Finding, error) bool) {
		g := group{ctx: ctx, s: s, engine: engine, yield: yield}
		for f, err := range engine.Scan(ctx, s) {
			switch {
			case err == nil:
				if !g.add(&f) {
					return
				}
			case !partial(err) && !g.flush():
				return
			case !yield(f, err):
				return
			}
		}
		g.flush()
	}
}

// partial reports whether a scan goes on after an error.
func partial(err error) bool {
	var in *scan.Incomplete
	var sk *scan.Skipped
	return errors.As(err, &in) || errors.As(err, &sk)
}

// A group is findings of one step, kept until all are there.
type group struct {
	ctx    context.Context
	s      *Source
	engine *scan.Engine
	yield  func(scan.Finding, error) bool
	commit string
	found  []scan.Finding
}

func (g *group) add(f *scan.Finding) bool {
	commit := ""
	if f.Origin != nil {
		commit = f.Origin.Commit
	}
	if (commit != g.commit || len(g.found) == maxGroup) && !g.flush() {
		return false
	}
	g.commit = commit
	g.found = append(g.found, *f)
	return true
}

// flush yields the findings of the group that are new.
func (g *group) flush() bool {
	if len(g.found) == 0 {
		return true
	}
	found := g.found
	g.found = nil
	fresh, errs := g.s.fresh(g.ctx, g.engine, g.commit, found)
	for i := range fresh {
		if !g.yield(fresh[i], nil) {
			return false
		}
	}
	for _, err := range errs {
		if !g.yield(scan.Finding{}, err) {
			return false
		}
	}
	return true
}

// fresh returns the findings of one step that no version before it holds, and
// which of these versions could not be read, if that matters.
func (s *Source) fresh(ctx context.Context, engine *scan.Engine, commit string, found []scan.Finding) ([]scan.Finding, []error) {
	st, err := s.find(commit)
	if err != nil || st == nil {
		return found, nil
	}
	versions, errs := s.before(st, found)
	seen := map[version]bool{}
	for _, v := range versions {
		if len(found) == 0 || ctx.Err() != nil {
			break // who is told to stop reports what may be new as new
		}
		if seen[v] {
			continue
		}
		seen[v] = true
		data, err := s.r.blob(v.path, v.id)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		found = s.unknownTo(ctx, engine, v.path, data, found)
	}
	if len(found) == 0 {
		return nil, nil
	}
	return found, errs
}

// find returns the step of a commit; the empty id is that of the index.
func (s *Source) find(commit string) (*step, error) {
	if commit != "" {
		return s.stepOf(commit)
	}
	for st, err := range s.steps {
		return st, err
	}
	return nil, nil
}

// before lists the versions to compare findings with: first those of the
// paths in which they stand, which nearly always decide.
func (s *Source) before(st *step, found []scan.Finding) ([]version, []error) {
	if st.before == nil {
		return nil, nil
	}
	var errs []error
	versions, err := st.before()
	if err != nil {
		errs = append(errs, s.r.incomplete("", repo.Hash{}, err))
	}
	paths := map[string]bool{}
	for i := range found {
		paths[found[i].Path], paths[scan.FileOf(found[i].Path)] = true, true
	}
	var near, far []version
	for _, v := range versions {
		if paths[v.path] {
			near = append(near, v)
		} else {
			far = append(far, v)
		}
	}
	for _, tree := range st.known {
		for path := range paths {
			if e, ok, err := s.r.trees.Entry(tree, path); err == nil && ok && e.Mode&repo.ModeType == repo.ModeRegular {
				near = append(near, version{path, e.ID})
			}
		}
	}
	return append(near, far...), errs
}

// unknownTo returns the findings whose secret does not stand in an old version.
func (s *Source) unknownTo(ctx context.Context, engine *scan.Engine, path string, data []byte, found []scan.Finding) []scan.Finding {
	old := map[[sha256.Size]byte]bool{}
	for _, f := range s.match(ctx, engine, path, data) {
		old[key(&f)] = true
	}
	return slices.DeleteFunc(found, func(f scan.Finding) bool {
		return old[key(&f)] || f.Secret.Len() >= minContained && bytes.Contains(data, []byte(f.Secret.Reveal()))
	})
}

// match returns what is found in content at a path. What could not be read of it
// is of no importance: it makes nothing known.
func (s *Source) match(ctx context.Context, engine *scan.Engine, path string, data []byte) []scan.Finding {
	c := scan.Chunk{Path: path, Data: data, Encoding: decode.Sniff(data)}
	if kind := s.opts.Archives.Kind(path, data[:min(len(data), decode.SniffLen)]); kind != "" {
		found, _ := engine.MatchArchive(ctx, s.opts.Archives, kind, &c, bytes.NewReader(data), int64(len(data)))
		return found
	}
	if c.Encoding == decode.Binary {
		c.Data = data[:min(len(data), scan.BinaryHead)]
	}
	return engine.Match(&c)
}

// key identifies what was found: the secret, or, where a finding has none, the
// rule.
func key(f *scan.Finding) [sha256.Size]byte {
	if f.Secret.Len() == 0 {
		return sha256.Sum256([]byte("rule\x00" + f.Rule.ID))
	}
	return sha256.Sum256([]byte("secret\x00" + f.Secret.Reveal()))
}
