package hook

import (
	"testing"

	"github.com/keysift/keysift/internal/gittest"
	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/internal/secrettest"
	"github.com/keysift/keysift/rules"
)

// A sandbox is a repository, and what the hooks see of it.
type sandbox struct{ *gittest.Dir }

// newSandbox returns an empty repository, or ends the test when there is no git.
func newSandbox(t testing.TB) *sandbox {
	t.Helper()
	return &sandbox{gittest.Init(t)}
}

func (s *sandbox) open(env ...string) *Repository {
	s.T.Helper()
	r, err := Open(s.Path, s.With(env...).Environ())
	if err != nil {
		s.T.Fatal(err)
	}
	s.T.Cleanup(func() {
		if err := r.Close(); err != nil {
			s.T.Error(err)
		}
	})
	return r
}

// engine returns an engine with one rule, and samples that it finds.
func engine(t testing.TB) (*scan.Engine, []string) {
	t.Helper()
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	r, ok := set.Rule("github-personal-access-token")
	if !ok {
		t.Fatal("no rule for the samples")
	}
	var samples []string
	for seed := range 4 {
		x, err := secrettest.Sample(r, uint64(seed+1))
		if err != nil {
			t.Fatal(err)
		}
		samples = append(samples, x.Secret())
	}
	return scan.New(set, scan.Options{Workers: 2}), samples
}

// found returns the places of the findings of a source, and what it yields as
// errors.
func found(t testing.TB, s *Source, e *scan.Engine) (places, errs []string) {
	t.Helper()
	for f, err := range s.Findings(t.Context(), e) {
		if err != nil {
			errs = append(errs, err.Error())
			continue
		}
		place := f.Path
		if f.Origin != nil && f.Origin.Commit != "" {
			place += "@" + f.Origin.Commit[:7]
		}
		places = append(places, place)
	}
	return places, errs
}
