package history

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// TestProvenanceBesideName looks for secrets in the files of trees that have a
// secret in the name of another file.
func TestProvenanceBesideName(t *testing.T) {
	r := newGitRepo(t)
	name := r.token()
	r.Write("root.txt", "text\n")
	r.Commit("root")
	r.Write("d/"+name, "text\n")
	r.Commit("a name")
	secret := r.token()
	r.Write("d/below.txt", secret+"\n")
	first := r.Commit("beside it")
	r.Write("d/below.txt", secret+"\nmore\n")
	r.Commit("another version")
	res := r.run(Options{}).complete(t)
	p := res.audit.Provenance(res.secrets()[secret], nil, time.Now())
	if p.Introduced == nil || p.Introduced.Commit != first || !p.InHead || p.Blobs != 2 || p.Files != 1 {
		t.Errorf("%+v; want it introduced by %s and in HEAD, two blobs of one file", p, first)
	}
	want := r.Lines("log", "--format=%H", "--reverse", "--", "d/"+name)[0]
	if p := res.audit.Provenance(res.secrets()[name], nil, time.Now()); p.Introduced == nil || p.Introduced.Commit != want || !p.InHead {
		t.Errorf("%+v; want the name introduced by %s and in HEAD", p, want)
	}
}

// TestAuthors looks for those who brought a secret into several files, one of
// whom has another secret for a name.
func TestAuthors(t *testing.T) {
	r := newGitRepo(t)
	secret, other := r.token(), r.token()
	for i, author := range []string{"B <b@example.com>", other + " <o@example.com>", "A <a@example.com>", "B <b@example.com>"} {
		r.Write(string(rune('p'+i))+"/config.txt", strings.Repeat("line\n", i)+secret+"\n")
		r.Commit("step", "--author="+author)
	}
	r.Write("q/config.txt", secret+"\n") // as another file was
	r.Commit("again")
	for name, opts := range map[string]Options{"whole": {}, "range": {Range: "HEAD~4..HEAD"}} {
		res := r.run(opts).complete(t)
		var places []Place
		for _, f := range res.findings {
			if f.Secret.Reveal() == secret {
				places = append(places, Place{f.Path, f.Start.Line, f.Start.Column, f.Origin.Commit})
			}
		}
		p := res.audit.Provenance(res.secrets()[secret], places, time.Now())
		want := []string{"B <b@example.com>", "A <a@example.com>", "A U Thor <author@example.com>"}
		files := 4
		if name == "range" {
			want, files = []string{"A <a@example.com>", "B <b@example.com>"}, 3
		}
		if !slices.Equal(p.Authors, want) || p.Files != files {
			t.Errorf("%s: authors %q of %d files, want %q of %d", name, p.Authors, p.Files, want, files)
		}
	}
}
