package history

import (
	"errors"
	"fmt"
	"strconv"
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
// HEAD or @, an id or the start of one, followed by any number of ~N, ^N and
// ^{...}.
func (r *resolver) commit(rev string) (uint32, error) {
	base, ops := rev, ""
	if i := strings.IndexAny(rev, "~^"); i >= 0 {
		base, ops = rev[:i], rev[i:]
	}
	c, err := r.base(base)
	if err != nil {
		return none, err
	}
	for ops != "" {
		if c, ops, err = r.step(c, ops); err != nil {
			return none, fmt.Errorf("%s: %w", rev, err)
		}
	}
	return c, nil
}

func (r *resolver) base(name string) (uint32, error) {
	if name == "" || name == "@" {
		name = "HEAD"
	}
	if strings.Contains(name, "@{") {
		return none, fmt.Errorf("%s: of revisions with @ only the bare @ is understood", name)
	}
	obj, err := r.object(name)
	if err != nil {
		return none, err
	}
	if c, ok := r.graph.commitOf[r.graph.target(obj, scan.NoExposure)]; ok {
		return c, nil
	}
	return none, fmt.Errorf("%s names no commit that is here", name)
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

// object returns the object that a name without operators stands for.
func (r *resolver) object(name string) (uint32, error) {
	if id, err := pack.ParseID(strings.ToLower(name)); err == nil {
		if obj := r.table.find(id); obj != none {
			return obj, nil
		}
		return none, fmt.Errorf("commit %s is not here", name)
	}
	for _, form := range []string{"%s", "refs/%s", "refs/tags/%s", "refs/heads/%s", "refs/remotes/%s", "refs/remotes/%s/HEAD"} {
		full := fmt.Sprintf(form, name)
		if form == "%s" && !strings.HasPrefix(name, "refs/") && strings.ToUpper(name) != name {
			continue // no name in the git directory itself
		}
		ref, err := r.repo.Ref(full)
		if err != nil {
			continue
		}
		if obj := r.table.find(toID(ref.ID)); obj != none {
			return obj, nil
		}
		return none, fmt.Errorf("%s has no commit that is here", full)
	}
	return r.abbreviated(name)
}

// abbreviated returns the commit or tag whose id starts with some digits.
func (r *resolver) abbreviated(name string) (uint32, error) {
	unknown := fmt.Errorf("%s is neither a ref nor the id of a commit", name)
	digits := strings.ToLower(name)
	if len(digits) < 4 || strings.Trim(digits, "0123456789abcdef") != "" {
		return none, unknown
	}
	found := none
	for _, obj := range r.table.withPrefix(digits) {
		if k := r.table.kinds[obj]; k != pack.Commit && k != pack.Tag {
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

// step applies the first of some operators.
func (r *resolver) step(c uint32, ops string) (uint32, string, error) {
	op, rest := ops[0], ops[1:]
	if op == '^' && strings.HasPrefix(rest, "{") {
		end := strings.IndexByte(rest, '}')
		if end < 0 {
			return none, "", errors.New("a brace is not closed")
		}
		switch rest[1:end] {
		case "", "commit", "0":
			return c, rest[end+1:], nil
		}
		return none, "", fmt.Errorf("^%s is no commit", rest[:end+1])
	}
	digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
	n := 1
	if digits > 0 {
		var err error
		if n, err = strconv.Atoi(rest[:digits]); err != nil {
			return none, "", err
		}
		rest = rest[digits:]
	}
	if op == '^' {
		c, err := r.parent(c, n)
		return c, rest, err
	}
	for ; n > 0; n-- {
		var err error
		if c, err = r.parent(c, 1); err != nil {
			return none, "", err
		}
	}
	return c, rest, nil
}

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
		return none, errors.New("there are not that many parents")
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
