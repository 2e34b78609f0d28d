package history

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/keysift/keysift/internal/pack"
	"github.com/keysift/keysift/internal/scan"
)

const (
	cureShallow = "git fetch --unshallow; in GitHub Actions: fetch-depth: 0"
	curePartial = "git fetch --refetch --no-filter"
	cureMissing = "git fetch --refetch, or copy the objects from a sound clone"

	// maxMissing is how many absent objects are told one by one.
	maxMissing = 1000
)

// tellMissing tells what is referred to and not there.
func (r *run) tellMissing(p *paths) {
	r.tellShallow(len(r.cut))
	for obj, ids := range p.lostParent {
		c := &p.graph.commits[p.graph.commitOf[obj]]
		if c.class > scan.Unreachable && !r.cut[p.table.id(obj)] {
			for _, id := range ids {
				p.missing[id] = "commit:" + p.id(obj)
			}
		}
	}
	for _, t := range r.tips.list {
		if p.table.find(t.id) == none && (t.ref || t.log) {
			p.missing[t.id] = t.where()
		}
	}
	r.tellAbsent(p.missing)
	if p.bounded {
		r.send(event{err: &scan.Incomplete{
			Reason: "safety-limit", Path: r.repo.Objects, Detail: "trees nest so deeply, or hold one another so often, that not all paths were followed",
			Cure: "look at the trees with git ls-tree -r",
		}})
	}
}

// tellShallow tells that some commits have had their parents cut off.
func (r *run) tellShallow(commits int) {
	if commits > 0 {
		r.send(event{err: &scan.Incomplete{
			Reason: "shallow", Cure: cureShallow,
			Detail: fmt.Sprintf("the clone is shallow: the history ends at %d commits whose parents are not here", commits),
		}})
	}
}

// tellAbsent tells which objects, by id, are absent; each has a place that
// refers to it.
func (r *run) tellAbsent(missing map[pack.ID]string) {
	reason, cure := "missing-object", cureMissing
	if r.store.Partial() {
		reason, cure = "partial-clone", curePartial
	}
	ids := slices.SortedFunc(maps.Keys(missing), func(a, b pack.ID) int { return a.Compare(b) })
	for i, id := range ids {
		if i == maxMissing {
			r.send(event{err: &scan.Incomplete{Reason: reason, Detail: fmt.Sprintf("%d more objects are absent", len(ids)-i), Cure: cure}})
			return
		}
		r.send(event{err: &scan.Incomplete{Reason: reason, Path: missing[id], Detail: "object " + id.String() + " is absent", Cure: cure}})
	}
}

// tellMessages hands over what commits, tags, reflogs and names of refs hold.
func (r *run) tellMessages(p *paths) {
	for _, m := range p.messages {
		r.message(p, &m)
	}
	p.messages = nil
	for _, t := range r.tips.list {
		if t.ref && t.name != "HEAD" {
			r.refName(t)
		}
	}
	if !r.opts.NoMessages {
		for _, l := range r.tips.logs {
			r.logText(l)
		}
	}
}

// message hands over what a commit or tag holds.
func (r *run) message(p *paths, m *message) {
	var class scan.Exposure
	id := p.id(m.obj)
	c, ok := p.graph.commitOf[p.graph.target(m.obj, scan.NoExposure)]
	origin := &scan.Origin{Object: id}
	if ok {
		origin.Commit, origin.Time = p.commitID(c), p.graph.commits[c].time
	}
	if t, ok := p.graph.tagOf[m.obj]; ok {
		class = p.graph.tags[t].class
	} else {
		class = p.graph.commits[c].class
	}
	if class == scan.Unreachable && r.opts.NoUnreachable {
		return
	}
	if m.head {
		r.veil(m.obj)
	}
	for i := range m.findings {
		m.findings[i].Exposure, m.findings[i].Origin = class, origin
	}
	r.findings(m.findings)
}

// veil notes that the author of a commit, or another line above its text, holds
// a finding.
func (a *Audit) veil(commit uint32) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.veiled == nil {
		a.veiled = map[uint32]bool{}
	}
	a.veiled[commit] = true
}

// refName scans the name of a ref.
func (r *run) refName(t tip) {
	found := r.engine.Match(&scan.Chunk{Data: []byte(t.name), Exposure: t.class, Origin: &scan.Origin{Ref: t.name}})
	r.findings(unplaced(found, "ref:"+t.name))
}

// unplaced makes findings in a name findings of what has the name: their
// position would be one in a content.
func unplaced(found []scan.Finding, path string) []scan.Finding {
	out := renamed(found, "", path)
	for i := range out {
		out[i].Start, out[i].End = scan.Position{}, scan.Position{}
	}
	return out
}

// logText scans what a reflog says beside ids: who did what, as the URL that
// was cloned. Whatever the log refers to, its text stays on the machine.
func (r *run) logText(l logFile) {
	class := min(l.class, scan.Reflog)
	line, at := 0, int64(0)
	for text := range bytes.Lines(l.text) {
		line++
		skip := 0
		for range 2 {
			if id, ok := leadingID(text[skip:]); ok {
				skip = min(len(text), skip+len(id.String())+1)
			}
		}
		r.findings(r.engine.Match(&scan.Chunk{
			Path: "reflog:" + l.name, Data: bytes.TrimRight(text[skip:], "\r\n"),
			Base:     scan.Position{Line: line, Column: skip + 1, Byte: at + int64(skip)},
			Exposure: class, Origin: &scan.Origin{Ref: l.name},
		}))
		at += int64(len(text))
	}
}

// tellNames hands over findings in the names of files and folders.
func (r *run) tellNames(p *paths) {
	head := newHeadTree(p, r.tips)
	for _, at := range p.named {
		path := p.path(at.step)
		if !r.wanted(path) {
			continue
		}
		found := unplaced(p.nameFinds[at.name], path)
		origin := head.origin(&at)
		for i := range found {
			found[i].Exposure, found[i].Origin = at.class, origin
		}
		if len(found) > 0 {
			r.mark(at.obj)
			for _, tree := range p.versions[at.obj] {
				r.mark(tree)
			}
		}
		r.findings(found)
	}
	for at := range p.gitlinks {
		r.skip("submodule", p.path(at))
	}
}

// where names a tip as a path that no file has.
func (t *tip) where() string {
	if t.log {
		return "reflog:" + t.name
	}
	return "ref:" + strings.TrimPrefix(t.name, "ref:")
}
