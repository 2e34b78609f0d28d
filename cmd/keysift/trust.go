package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/keysift/keysift/internal/history"
	"github.com/keysift/keysift/internal/pack"
	"github.com/keysift/keysift/internal/policy"
	"github.com/keysift/keysift/internal/repo"
)

// fromCI stands for the revision that the variables of a CI system name.
const fromCI = "auto"

// A trust reads the policy from a revision.
type trust struct {
	top      string
	bare     bool // there is no work tree that the revision could differ from
	revision *policy.Revision
	change   *policy.Revision // the end of the range that is looked at; nil for the files on the disk
	attempts []string         // what the change tried to alter
}

// openTrust finds the revision of --policy-from.
func (c *common) openTrust(sys *system) error {
	defer func() {
		if c.lookFor == nil {
			c.lookFor = c.readPolicy
		}
	}()
	if c.policyFrom == "" {
		if c.readPolicy == nil {
			c.readPolicy, c.lookFor = readGiven, readOrdinary
		}
		return nil
	}
	env := repo.Env(lookupEnv(sys))
	if len(c.paths) > 0 && filepath.Clean(c.paths[0]) != "." {
		env = env.WithoutRepository() // what somebody names is meant
	}
	t, err := newTrust(env, c.top, c.policyFrom, c.lookedAt())
	if err != nil {
		return fmt.Errorf("--policy-from: %w", err)
	}
	c.trust, c.readPolicy, c.policyFrom = t, t.readFile, t.revision.Name
	return nil
}

// lookedAt returns the range that the flags of keysift history name, empty for
// none.
func (c *common) lookedAt() string {
	value := func(name string) string {
		if f := c.flags.Lookup(name); f != nil {
			return f.Value.String()
		}
		return ""
	}
	if since := value("since-commit"); since != "" {
		return since + ".." + value("branch")
	}
	return value("range")
}

// newTrust opens the revision of a name and, if a range is looked at, its end.
func newTrust(env repo.Env, top, name, rang string) (*trust, error) {
	r, err := repo.Discover(top, env)
	if err != nil {
		return nil, err
	}
	dirs, err := r.ObjectDirs()
	if err != nil {
		return nil, err
	}
	hash := pack.SHA1
	if r.Format == repo.SHA256 {
		hash = pack.SHA256
	}
	store, err := pack.Open(dirs[0], pack.Options{Hash: hash, Alternates: dirs[1:], TrustIndex: true})
	if err != nil {
		return nil, err
	}
	names := []string{name}
	if name == fromCI {
		if names, err = policyNames(env); err != nil {
			return nil, err
		}
	}
	t := &trust{top: cmp.Or(r.WorkTree, top), bare: r.WorkTree == ""}
	if t.revision, err = openFirst(r, storeObjects{store}, names); err != nil {
		return nil, err
	}
	if end := rangeEnd(rang, env); end != "" {
		// An end that is not there is told by whoever looks at the range.
		t.change, _ = policy.OpenRevision(r, storeObjects{store}, end)
	}
	return t, nil
}

// policyNames returns the names of the revision whose policy counts in a CI
// system.
func policyNames(env repo.Env) ([]string, error) {
	o, err := history.ReadOccasion(env)
	if err == nil && len(o.Policy) == 0 {
		err = errors.New("auto: the variables of this CI system do not say which branch is the default one; name a revision")
	}
	return o.Policy, err
}

// openFirst opens the first of some revisions that is there.
func openFirst(r *repo.Repo, objects repo.Objects, names []string) (*policy.Revision, error) {
	var errs []error
	for _, name := range names {
		rev, err := policy.OpenRevision(r, objects, name)
		if err == nil {
			return rev, nil
		}
		errs = append(errs, err)
	}
	return nil, errors.Join(errs...)
}

// rangeEnd returns the revision that a range ends with, empty if there is none.
func rangeEnd(rang string, env repo.Env) string {
	if rang == "auto" {
		o, err := history.ReadOccasion(env)
		if err != nil {
			return ""
		}
		rang = o.Range
	}
	_, end, ok := strings.Cut(rang, "..")
	if !ok {
		return ""
	}
	end = cmp.Or(strings.TrimPrefix(end, "."), "HEAD")
	if strings.Trim(end, "0") == "" { // a branch was removed
		return ""
	}
	return end
}

// changed returns what reads files as the change has them, nil if nothing does.
func (t *trust) changed() func(name string) ([]byte, error) {
	switch {
	case t.change != nil:
		return func(name string) ([]byte, error) { return present(t.change.ReadFile(name)) }
	case t.bare:
		return nil
	}
	return t.onDisk
}

// present makes a file that does not exist one without content.
func present(data []byte, err error) ([]byte, error) {
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

// readFile returns a file as it is in the revision or, if it lies outside of the
// work tree, as it is on the disk.
func (t *trust) readFile(name string) ([]byte, error) {
	abs, err := filepath.Abs(name)
	if err != nil {
		return nil, err
	}
	rel, err := filepath.Rel(t.top, abs)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return readGiven(abs)
	}
	return t.revision.ReadFile(filepath.ToSlash(rel))
}

// onDisk returns a file of the work tree as it is now.
func (t *trust) onDisk(name string) ([]byte, error) {
	return present(readOrdinary(filepath.Join(t.top, filepath.FromSlash(name))))
}

// tellPolicy writes to standard error which decisions matched nothing and what
// the scanned change tried to alter.
func (j *job) tellPolicy(p *policy.Policy) {
	if j.reportUnused {
		for _, u := range p.Unused() {
			j.complain("unused: " + u.String())
		}
	}
	if j.trust == nil {
		return
	}
	attempts := j.trust.attempts
	for _, a := range attempts {
		j.complain("policy: does not count, since it is not so in " + j.policyFrom + ": " + a)
	}
	if len(attempts) > 0 {
		j.complain("policy: to allow a finding, first land a change that only adds its fingerprint to " + policy.BaselineName + " (keysift allow); it holds no secret")
		if j.note != "" {
			j.note += "\n"
		}
		j.note += fmt.Sprintf("policy as in %s; the change tried to alter it in %d places, see standard error", j.policyFrom, len(attempts))
	}
}

// storeObjects reads objects for package policy.
type storeObjects struct{ store *pack.Store }

// Get returns an object.
func (s storeObjects) Get(id []byte) (string, []byte, error) {
	kind, data, err := s.store.Get(pack.MakeID(id))
	return kind.String(), data, err
}

// Match returns the ids that start with some digits.
func (s storeObjects) Match(prefix string, most int) [][]byte {
	var out [][]byte
	for _, id := range s.store.Match(prefix, most) {
		out = append(out, id.Bytes())
	}
	return out
}
