package exposed

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/scan"
)

// git runs git in dir, as if nobody had configured anything.
func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("git is needed for this test")
		}
		t.Skip("no git")
	}
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "HOME="+dir,
		"GIT_AUTHOR_NAME=A U Thor", "GIT_AUTHOR_EMAIL=author@example.com", "GIT_AUTHOR_DATE=2024-03-01T10:00:00Z",
		"GIT_COMMITTER_NAME=A U Thor", "GIT_COMMITTER_EMAIL=author@example.com", "GIT_COMMITTER_DATE=2024-03-01T10:00:00Z")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return string(out)
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestDifferential compares the exposure of files in random repositories with
// what git status says of them.
func TestDifferential(t *testing.T) {
	for seed := range uint64(12) {
		dir := t.TempDir()
		git(t, dir, "init", "-q")
		r := rand.New(rand.NewPCG(seed, 7))
		files := randomTree(t, dir, r)
		git(t, dir, "add", "--force", "--", files[0], files[1], files[2])
		git(t, dir, "commit", "-q", "-m", "one", "--allow-empty")
		git(t, dir, "add", "--force", "--", files[3], files[4])
		write(t, filepath.Join(dir, files[1]), "edited\n")
		status := map[string]string{}
		for entry := range strings.SplitSeq(git(t, dir, "status", "--porcelain", "-z", "--ignored=matching", "-uall"), "\x00") {
			if len(entry) > 3 {
				status[entry[3:]] = entry[:2]
			}
		}
		p := New(Options{})
		for _, f := range files {
			tree, rel := p.Tree(filepath.ToSlash(filepath.Join(dir, f)))
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
func randomTree(t *testing.T, dir string, r *rand.Rand) []string {
	t.Helper()
	folders := []string{"", "a/", "a/b/", "c/", "c/d/e/"}
	patterns := []string{"*.env", "/x1.env", "b/", "!x2.env", "x3*", "c/**", "*.key", "!*.key", "d/e"}
	var files []string
	for i := range 24 {
		f := fmt.Sprintf("%sx%d%s", folders[r.IntN(len(folders))], i, []string{".env", ".key", ".txt"}[r.IntN(3)])
		files = append(files, f)
		write(t, filepath.Join(dir, f), fmt.Sprintf("content %d\n", i))
	}
	for _, f := range folders {
		if r.IntN(2) == 0 {
			write(t, filepath.Join(dir, f, ".gitignore"), patterns[r.IntN(len(patterns))]+"\n"+patterns[r.IntN(len(patterns))]+"\n")
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
	dir := t.TempDir()
	git(t, dir, "init", "-q")
	name := filepath.Join(dir, "app.ini")
	write(t, name, "token = kst_winter\n")
	git(t, dir, "add", ".")
	git(t, dir, "commit", "-q", "-m", "one")
	git(t, dir, "update-ref", "refs/remotes/origin/main", "HEAD")
	write(t, name, "# edited\ntoken = kst_winter\nother = kst_summer\n")
	p := New(Options{})
	defer func() { _ = p.Close() }()
	tree, rel := p.Tree(filepath.ToSlash(name))
	f := tree.File(rel)
	for secret, want := range map[string]scan.Exposure{"kst_winter": scan.Pushed, "kst_summer": scan.Unignored} {
		if got := f.Of(scan.NewSecret(secret, 4)); got != want {
			t.Errorf("Of(%s) = %v, want %v", secret, got, want)
		}
	}
	// With the line ends of Windows it is what git stores.
	write(t, name, "token = kst_winter\r\n")
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
		write(t, name, text)
		if got := encrypted(ends(filepath.ToSlash(name))); got != want {
			t.Errorf("encrypted(%.40q) = %v, want %v", text, got, want)
		}
	}
	if encrypted(ends(filepath.ToSlash(dir))) || encrypted(ends(filepath.Join(dir, "none"))) {
		t.Error("what cannot be read is encrypted")
	}
}
