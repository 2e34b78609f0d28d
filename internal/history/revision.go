package history

import (
	"errors"
	"fmt"
	"strings"

	"github.com/keysift/keysift/internal/pack"
	"github.com/keysift/keysift/internal/repo"
	"github.com/keysift/keysift/internal/scan"
)

// A resolver finds the commits that revisions name.
type resolver struct {
	repo  *repo.Repo
	table *table
	graph *graph
}

// commit returns the commit of a revision: a ref in any of git's short forms,
// HEAD or @, one with @{N}, @{-N} or @{upstream}, an id or the start of one, or the
// output of git describe, followed by any number of ~N, ^N, ^{} and ^{commit}.
// Whatever else git knows, and all that git does not know, is an
// error: a revision that is taken for another one would hide commits.
func (r *resolver) commit(rev string) (uint32, error) {
	base, hops, err := parseRevision(rev)
	if err != nil {
		return none, err
	}
	c, err := r.base(base, len(hops) > 0 && hops[0] == hop{op: peelAny})
	if err != nil {
		return none, err
	}
	for _, h := range hops {
		if c, err = r.hop(c, h); err != nil {
			return none, fmt.Errorf("%s: %w", rev, err)
		}
	}
	return c, nil
}

// base returns the commit of a name without operators. With anyKind, what it is
// the start of an id of need not be a commit, as git has it before ^{}.
func (r *resolver) base(name string, anyKind bool) (uint32, error) {
	if name == "@" {
		name = "HEAD"
	}
	var obj uint32
	var err error
	if ref, mark, ok := cutMark(name); ok {
		obj, err = r.marked(ref, mark)
	} else {
		obj, err = r.object(name, anyKind)
	}
	if err != nil {
		return none, err
	}
	if c, ok := r.commitOf(obj); ok {
		return c, nil
	}
	return none, fmt.Errorf("%s names no commit that is here", name)
}

// commitOf returns the commit that an object is or, as a tag, leads to.
func (r *resolver) commitOf(obj uint32) (uint32, bool) {
	c, ok := r.graph.commitOf[r.graph.target(obj, scan.NoExposure)]
	return c, ok
}

// at returns the commit that an id leads to, none if to no commit.
func (r *resolver) at(id pack.ID) uint32 {
	obj := r.table.find(id)
	if obj != none {
		obj = r.graph.target(obj, scan.NoExposure)
	}
	if c, ok := r.graph.commitOf[obj]; ok {
		return c
	}
	return none
}

// refForms are the names that a short name of a ref may stand for, in git's
// order.
var refForms = [...]string{"%s", "refs/%s", "refs/tags/%s", "refs/heads/%s", "refs/remotes/%s", "refs/remotes/%s/HEAD"}

// object returns the object that a name without operators stands for.
func (r *resolver) object(name string, anyKind bool) (uint32, error) {
	if id, err := pack.ParseID(strings.ToLower(name)); err == nil && len(name) == 2*r.table.size {
		if obj := r.table.find(id); obj != none {
			return obj, nil
		}
		return none, fmt.Errorf("commit %s is not here", name)
	}
	var stray repo.Ref
	for _, form := range refForms {
		full := fmt.Sprintf(form, name)
		ref, err := r.repo.Ref(full)
		if err != nil || ref.ID.IsZero() {
			continue // git, too, goes on after a ref that leads nowhere
		}
		if form == "%s" && !strings.HasPrefix(name, "refs/") && !isPseudoRef(name) {
			stray = ref
			continue
		}
		if !stray.ID.IsZero() && stray.ID != ref.ID {
			return none, fmt.Errorf("%s is ambiguous: a file of this name is in the git directory, and there is %s", name, full)
		}
		if obj := r.table.find(toID(ref.ID)); obj != none {
			return obj, nil
		}
		return none, fmt.Errorf("%s has no commit that is here", full)
	}
	if digits, ok := described(name); ok && r.isHex(digits) {
		return r.abbreviated(digits)
	}
	if anyKind && r.isHex(name) && len(r.table.withPrefix(strings.ToLower(name))) > 1 {
		return none, fmt.Errorf("%s is the start of more than one id", name)
	}
	return r.abbreviated(name)
}

// isPseudoRef reports whether a name is that of a ref in a git directory itself,
// such as HEAD and worktrees/ID/HEAD. Git's other files may hold ids as well.
func isPseudoRef(name string) bool {
	if rest, ok := strings.CutPrefix(name, "main-worktree/"); ok {
		name = rest
	} else if rest, ok := strings.CutPrefix(name, "worktrees/"); ok {
		_, name, _ = strings.Cut(rest, "/")
	}
	return name != "" && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_-") == ""
}

// isHex reports whether a name has the form of the start of an id.
func (r *resolver) isHex(name string) bool {
	return len(name) >= minAbbreviation && len(name) <= 2*r.table.size && strings.Trim(name, "0123456789abcdefABCDEF") == ""
}

// minAbbreviation is how many digits of an id git asks for at least.
const minAbbreviation = 4

// abbreviated returns the commit, or the tag of one, whose id starts with some
// digits.
func (r *resolver) abbreviated(name string) (uint32, error) {
	unknown := fmt.Errorf("%s is neither a ref nor the id of a commit", name)
	if !r.isHex(name) {
		return none, unknown
	}
	found := none
	for _, obj := range r.table.withPrefix(strings.ToLower(name)) {
		if _, ok := r.commitOf(obj); !ok {
			continue
		}
		if found != none {
			return none, fmt.Errorf("%s is the start of more than one id", name)
		}
		found = obj
	}
	if found == none {
		return none, unknown
	}
	return found, nil
}

// hop applies one operator.
func (r *resolver) hop(c uint32, h hop) (uint32, error) {
	switch h.op {
	case nthParent:
		return r.parent(c, h.n)
	case generations:
		if h.n > len(r.graph.commits) { // also where damage has made a circle
			return none, errFewParents
		}
		for range h.n {
			var err error
			if c, err = r.parent(c, 1); err != nil {
				return none, err
			}
		}
	}
	return c, nil
}

var errFewParents = errors.New("there are not that many parents")

// parent returns the n-th parent, counted from 1; 0 is the commit itself.
func (r *resolver) parent(c uint32, n int) (uint32, error) {
	if n == 0 {
		return c, nil
	}
	k := &r.graph.commits[c]
	switch parents := r.graph.parentsOf(c); {
	case k.lacking:
		return none, errors.New("a parent on the way is not here")
	case n > len(parents):
		return none, errFewParents
	default:
		return parents[n-1], nil
	}
}

// ancestors returns the commits that can be reached from some, themselves
// included.
func (g *graph) ancestors(from ...uint32) bitset {
	set := newBitset(len(g.commits))
	var todo []uint32
	add := func(c uint32) {
		if !set.has(c) {
			set.add(c)
			todo = append(todo, c)
		}
	}
	for _, c := range from {
		add(c)
	}
	for len(todo) > 0 {
		c := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, p := range g.parentsOf(c) {
			add(p)
		}
	}
	return set
}
