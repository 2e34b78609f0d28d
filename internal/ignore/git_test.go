package ignore

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/gittest"
)

// casesVariable names the environment variable that says how many random
// cases TestAgainstGit compares, 4,000 if it is not set.
const casesVariable = "KEYSIFT_IGNORE_CASES"

// checkIgnore asks git about all paths and returns, for each, what Decision
// says in the form of verdict.
func checkIgnore(d *gittest.Dir, paths []string, options ...string) map[string]string {
	d.T.Helper()
	args := append(options, "check-ignore", "--no-index", "-v", "-n", "--stdin", "-z")
	out, err := d.Run(strings.Join(paths, "\x00")+"\x00", args...)
	// It ends with 1 when it ignores nothing.
	if exit := (*exec.ExitError)(nil); err != nil && !(errors.As(err, &exit) && exit.ExitCode() == 1) {
		d.T.Fatal(err)
	}
	fields := strings.Split(out, "\x00")
	answers := make(map[string]string, len(paths))
	for i := 0; i+3 < len(fields); i += 4 {
		answers[fields[i+3]] = fields[i] + ":" + fields[i+1] + ":" + fields[i+2]
	}
	return answers
}

func verdict(d Decision) string {
	if d.Unknown {
		return "unknown"
	}
	if d.Source == "" {
		return "::"
	}
	if d.Ignored == strings.HasPrefix(d.Pattern, "!") {
		return fmt.Sprintf("%q and ignored = %v", d.Pattern, d.Ignored)
	}
	return d.Source + ":" + strconv.Itoa(d.Line) + ":" + d.Pattern
}

// Names of the random trees: short, so that patterns meet them, and with what
// has a meaning in patterns.
var (
	fuzzDirs  = []string{"a", "b", "ab", "doc", "a.d", "Foo", "x y", "\xe9", "[a]", "-"}
	fuzzFiles = []string{"a", "b", "abc", "foo", "FOO", "a.txt", "b.TXT", ".env", "a.tar.gz", "x y", " lead", "trail ", "#hash", "!bang",
		"*", "?", "a*b", `back\slash`, "[a]", "]", "-", "^", "\xc3\xa9", "\xff", "new\nline", "a\tb", "z~", "a+b", "$a", "a{1}", "(a|b)"}
	fuzzWords = []string{"a", "b", "ab", "c", "foo", "Foo", "doc", "txt", ".txt", ".env", ".", "x", "x y", "z", "~", "-", "\xe9", "\xc3\xa9", "\xff",
		"new\nline", "+", "$", "(a|b)", "a{1}", "#", "!", "\t"}
	fuzzClasses = []string{"[a]", "[ab]", "[a-c]", "[!a]", "[^a-c]", "[[:alpha:]]", "[[:upper:]]", "[![:alnum:]]", "[[:space:]x]", "[]]", "[!]a]", "[a-]", "[-a]",
		"[a", "[", "[]", "[!", "[[:nope:]]", "[[:alpha]", "[[:]", "[[::]]", `[\]]`, `[\`, `[a\-z]`, `[+-\]]`, "[A-Z]", "[A]", "[\x80-\xff]", "[a/b]", "[/]", "[!/]", "[*?]",
		"[[:punct:]]", "[[:digit:][:lower:]]", "[z-a]", "[a-b-c]", "[[-a]", "[[:xdigit:]-z]", "[[:cntrl:]]", "[[:blank:]]", "[[:graph:]]", "[[:print:]]"}
	fuzzStars = []string{"*", "*", "*", "**", "***", "?", "??", "*?", "?*"}
)

func pick(r *rand.Rand, list []string) string { return list[r.IntN(len(list))] }

// randomPattern makes one line.
func randomPattern(r *rand.Rand) string {
	var b strings.Builder
	if r.IntN(5) == 0 {
		b.WriteString("!")
	}
	if r.IntN(6) == 0 {
		b.WriteString("/")
	}
	for part := range 1 + r.IntN(3)*r.IntN(2) {
		if part > 0 {
			b.WriteString("/")
		}
		if r.IntN(4) == 0 {
			b.WriteString(pick(r, []string{"**", "*", "a*", "***", "a**", "**b", "foo**"}))
			continue
		}
		if r.IntN(3) == 0 {
			b.WriteString(pick(r, append(fuzzDirs, fuzzFiles...)))
			continue
		}
		for range 1 + r.IntN(3) {
			switch r.IntN(8) {
			case 0, 1:
				b.WriteString(pick(r, fuzzStars))
			case 2:
				b.WriteString(pick(r, fuzzClasses))
			case 3:
				b.WriteString(`\` + pick(r, []string{"a", "A", "*", "?", "[", "]", "!", "#", " ", `\`, "", "/", "x"}))
			default:
				b.WriteString(pick(r, fuzzWords))
			}
		}
	}
	if r.IntN(5) == 0 {
		b.WriteString("/")
	}
	switch r.IntN(12) {
	case 0:
		b.WriteString(pick(r, []string{" ", "  ", `\ `, `\  `, ` \ `, "\t", " \t ", `\\ `}))
	case 1:
		b.WriteString("\r")
	}
	return b.String()
}

// randomList makes the content of an ignore file.
func randomList(r *rand.Rand) []byte {
	var b bytes.Buffer
	if r.IntN(12) == 0 {
		b.WriteString("\xef\xbb\xbf")
	}
	for range r.IntN(7) {
		switch r.IntN(14) {
		case 0:
			b.WriteString(pick(r, []string{"", "\r", "# comment", " # no comment", " ", "!", "/", "//", "a\x00b", "#"}))
		default:
			b.WriteString(randomPattern(r))
		}
		b.WriteString("\n")
	}
	if r.IntN(3) == 0 {
		b.WriteString(randomPattern(r))
	}
	return b.Bytes()
}

// makeTree makes folders and files and returns their paths, folders apart.
func makeTree(t testing.TB, root string, r *rand.Rand) (dirs, files []string) {
	t.Helper()
	dirs = []string{""}
	for i := 0; i < 24; i++ {
		parent := dirs[r.IntN(len(dirs))]
		if strings.Count(parent, "/") > 2 {
			continue
		}
		dir := parent + pick(r, fuzzDirs) + "/"
		if os.Mkdir(filepath.Join(root, dir), 0o755) == nil {
			dirs = append(dirs, dir)
		}
	}
	for range 150 {
		path := dirs[r.IntN(len(dirs))] + pick(r, fuzzFiles)
		f, err := os.OpenFile(filepath.Join(root, path), os.O_CREATE|os.O_EXCL, 0o644)
		if err != nil {
			continue
		}
		f.Close()
		files = append(files, path)
	}
	return dirs, files
}

func TestAgainstGit(t *testing.T) {
	total := 4000
	if v := os.Getenv(casesVariable); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil {
			t.Fatalf("%s: %v", casesVariable, err)
		}
		total = n
	}
	cases, wrong := 0, 0
	for seed := uint64(1); cases < total; seed++ {
		r := rand.New(rand.NewPCG(seed, 7))
		repo := gittest.Init(t)
		dirs, files := makeTree(t, repo.Path, r)
		paths := files
		isDir := map[string]bool{}
		for _, d := range dirs[1:] {
			d = strings.TrimSuffix(d, "/")
			paths = append(paths, d)
			isDir[d] = true
		}
		for round := 0; round < 20 && cases < total; round++ {
			cases += len(paths)
			wrong += compareRound(t, r, repo, dirs, paths, isDir, fmt.Sprintf("seed %d, round %d", seed, round))
		}
		if wrong > 20 {
			break
		}
		os.RemoveAll(repo.Path)
	}
	t.Logf("%d cases, %d disagreements", cases, wrong)
}

// compareRound writes new lists and compares all paths. It returns the number
// of disagreements.
func compareRound(t *testing.T, r *rand.Rand, repo *gittest.Dir, dirs, paths []string, isDir map[string]bool, label string) (wrong int) {
	t.Helper()
	root := repo.Path
	for _, d := range dirs {
		path := filepath.Join(root, d, ".gitignore")
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
		if d == "" && r.IntN(10) > 0 || r.IntN(3) == 0 {
			writeFile(t, path, randomList(r))
		}
	}
	exclude, user := ".git/info/exclude", "user-excludes"
	writeFile(t, filepath.Join(root, exclude), nil)
	writeFile(t, filepath.Join(root, user), nil)
	if r.IntN(3) == 0 {
		writeFile(t, filepath.Join(root, exclude), randomList(r))
	}
	if r.IntN(3) == 0 {
		writeFile(t, filepath.Join(root, user), randomList(r))
	}
	fold := r.IntN(4) == 0
	want := checkIgnore(repo, paths, "-c", "core.excludesFile="+user, "-c", fmt.Sprint("core.ignoreCase=", fold))
	m := New(Options{Root: root, InfoExclude: filepath.Join(root, exclude), ExcludesFile: filepath.Join(root, user), IgnoreCase: fold})
	for _, path := range paths {
		got := verdict(m.Path(path, isDir[path]))
		got = strings.TrimPrefix(got, root+string(filepath.Separator))
		if got == want[path] {
			continue
		}
		wrong++
		t.Errorf("%s: Path(%q, %v), fold %v = %q, git says %q", label, path, isDir[path], fold, got, want[path])
		if wrong > 5 {
			break
		}
	}
	for _, err := range m.Problems() {
		t.Errorf("%s: %v", label, err)
	}
	return wrong
}

func writeFile(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
