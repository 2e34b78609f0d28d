package exposed

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/gittest"
	"github.com/keysift/keysift/internal/scan"
)

// TestDifferential compares the exposure of files in random repositories with
// what git status says of them.
func TestDifferential(t *testing.T) {
	for seed := range uint64(12) {
		d := gittest.Init(t)
		r := rand.New(rand.NewPCG(seed, 7))
		files := randomTree(d, r)
		d.Git("add", "--force", "--", files[0], files[1], files[2])
		d.Git("commit", "-q", "-m", "one", "--allow-empty")
		d.Git("add", "--force", "--", files[3], files[4])
		d.Write(files[1], "edited\n")
		status := map[string]string{}
		for entry := range strings.SplitSeq(d.Git("status", "--porcelain", "-z", "--ignored=matching", "-uall"), "\x00") {
			if len(entry) > 3 {
				status[entry[3:]] = entry[:2]
			}
		}
		p := New(Options{})
		for _, f := range files {
			tree, rel := p.Tree(filepath.ToSlash(filepath.Join(d.Path, f)))
			if tree == nil || rel != f {
				t.Fatalf("seed %d: Tree(%s) = %v, %q", seed, f, tree, rel)
			}
			want := exposureIn(status, f)
			if got := tree.File(rel).Exposure; got != want {
				t.Errorf("seed %d: %s is %v, want %v; git status says %q", seed, f, got, want, status[f])
			}
		}
		if problems := p.Problems(); len(problems) > 0 {
			t.Errorf("seed %d: %v", seed, problems)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
}

// randomTree writes files with lists among them, and returns their paths.
func randomTree(d *gittest.Dir, r *rand.Rand) []string {
	d.T.Helper()
	folders := []string{"", "a/", "a/b/", "c/", "c/d/e/"}
	patterns := []string{"*.env", "/x1.env", "b/", "!x2.env", "x3*", "c/**", "*.key", "!*.key", "d/e"}
	var files []string
	for i := range 24 {
		f := fmt.Sprintf("%sx%d%s", folders[r.IntN(len(folders))], i, []string{".env", ".key", ".txt"}[r.IntN(3)])
		files = append(files, f)
		d.Write(f, fmt.Sprintf("content %d\n", i))
	}
	for _, f := range folders {
		if r.IntN(2) == 0 {
			d.Write(f+".gitignore", patterns[r.IntN(len(patterns))]+"\n"+patterns[r.IntN(len(patterns))]+"\n")
		}
	}
	r.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
	return files
}

// exposureIn returns what git status makes of a file without remotes and tags.
func exposureIn(status map[string]string, file string) scan.Exposure {
	code, ok := status[file]
	for prefix, c := range status {
		if strings.HasSuffix(prefix, "/") && strings.HasPrefix(file, prefix) && !ok {
			code, ok = c, true
		}
	}
	switch {
	case !ok:
		return scan.Committed
	case code == "!!":
		return scan.Ignored
	case code[0] == 'A':
		return scan.Staged
	}
	return scan.Unignored
}

// TestOf: a credential that an edited file still holds counts as far as the
// version that was pushed; a new one does not.
func TestOf(t *testing.T) {
	d := gittest.Init(t)
	name := "app.ini"
	d.Write(name, "token = kst_winter\n")
	d.Commit("one")
	d.Git("update-ref", "refs/remotes/origin/main", "HEAD")
	d.Write(name, "# edited\ntoken = kst_winter\nother = kst_summer\n")
	p := New(Options{})
	defer func() { _ = p.Close() }()
	tree, rel := p.Tree(filepath.ToSlash(filepath.Join(d.Path, name)))
	f := tree.File(rel)
	for secret, want := range map[string]scan.Exposure{"kst_winter": scan.Pushed, "kst_summer": scan.Unignored} {
		if got := f.Of(scan.NewSecret(secret, 4)); got != want {
			t.Errorf("Of(%s) = %v, want %v", secret, got, want)
		}
	}
	// With the line ends of Windows it is what git stores.
	d.Write(name, "token = kst_winter\r\n")
	if f := tree.File(rel); f.Exposure != scan.Pushed {
		t.Errorf("with CRLF: %v, want pushed", f.Exposure)
	}
}

func TestEncrypted(t *testing.T) {
	dir := t.TempDir()
	big := string(bytes.Repeat([]byte("value: x\n"), 20_000))
	for text, want := range map[string]bool{
		"$ANSIBLE_VAULT;1.1;AES256\n61\n":          true,
		"\x00GITCRYPT\x00abc":                      true,
		"age-encryption.org/v1\n":                  true,
		"a: ENC[AES256_GCM,data:x]\n":              true,
		big + "sops:\n  x: ENC[AES256_GCM,data:x]": true,
		"kind: SealedSecret\n":                     true,
		"A=1\nsops_mac=x\n":                        true,
		"name: !vault |\n  $ANSIBLE_VAULT;1.1\n":   true,
		"A=1\n":                                    false,
		"":                                         false,
	} {
		name := filepath.Join(dir, "f")
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if got := encrypted(ends(filepath.ToSlash(name))); got != want {
			t.Errorf("encrypted(%.40q) = %v, want %v", text, got, want)
		}
	}
	if encrypted(ends(filepath.ToSlash(dir))) || encrypted(ends(filepath.Join(dir, "none"))) {
		t.Error("what cannot be read is encrypted")
	}
}
