package worktree

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/decode"
	"github.com/keysift/keysift/internal/scan"
)

func TestOrderAndPaths(t *testing.T) {
	tree := map[string]string{
		"b/x": "1", "b-c": "2", "b.c": "3", "b0": "4", "a": "5", "b/y/z": "6", "empty": "", ".hidden": "7",
	}
	tests := []struct {
		paths []string
		want  []event
	}{
		{[]string{"."}, []event{"file .hidden 7", "file a 5", "file b-c 2", "file b.c 3", "file b/x 1", "file b/y/z 6", "file b0 4"}},
		{[]string{"./b"}, []event{"file b/x 1", "file b/y/z 6"}},
		{[]string{"b//y/.."}, []event{"file b/x 1", "file b/y/z 6"}},
		{[]string{"../001/a"}, []event{"file ../001/a 5"}},
		{[]string{"b0", "a"}, []event{"file b0 4", "file a 5"}},
		{[]string{"a", "./a", "b0", "a"}, []event{"file a 5", "file b0 4"}},
		{[]string{"b/y/z", "b"}, []event{"file b/y/z 6", "file b/x 1"}},
		{[]string{"b", "b/y"}, []event{"file b/x 1", "file b/y/z 6"}},
		{[]string{"empty"}, nil},
	}
	for _, tt := range tests {
		writeTree(t, tree)
		if wd, err := os.Getwd(); err == nil {
			for i, p := range tt.paths {
				tt.paths[i] = strings.Replace(p, "../001", "../"+filepath.Base(wd), 1)
			}
			for i, e := range tt.want {
				tt.want[i] = event(strings.Replace(string(e), "../001", "../"+filepath.Base(wd), 1))
			}
		}
		compare(t, strings.Join(tt.paths, " "), scanAll(t, tt.paths, Options{}), tt.want)
	}
}

func TestAbsolutePath(t *testing.T) {
	root := filepath.ToSlash(writeTree(t, map[string]string{"a/b": "1"}))
	compare(t, root, scanAll(t, []string{root + "/"}, Options{}), []event{event("file " + root + "/a/b 1")})
}

func TestNamesOfAnyBytes(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("other systems do not take such names")
	}
	names := []string{"new\nline", "esc\x1b[31m", "bad\xff\xfeutf8", " ", "-flag", "'quote'", "\u202Eright", "back\\slash"}
	tree := make(map[string]string)
	for _, n := range names {
		tree["d/"+n] = n
	}
	writeTree(t, tree)
	slices.Sort(names)
	var want []event
	for _, n := range names {
		want = append(want, event("file d/"+n+" "+n))
	}
	compare(t, "odd names", scanAll(t, []string{"d"}, Options{}), want)
	compare(t, "flag-like name", scanAll(t, []string{"./d/-flag"}, Options{}), []event{"file d/-flag -flag"})
}

func TestFilesAreLiteral(t *testing.T) {
	writeTree(t, map[string]string{"-": "dash", "a": "1"})
	opts := Options{Files: []string{"-", "a"}, Stdin: strings.NewReader("input")}
	compare(t, "list with -", scanAll(t, nil, opts), []event{"file - dash", "file a 1"})
}

func TestStdin(t *testing.T) {
	tests := []struct {
		name string
		opts Options
		want []event
	}{
		{"named", Options{Stdin: strings.NewReader("text"), StdinName: "ci.log"}, []event{"file ci.log text"}},
		{"unnamed", Options{Stdin: strings.NewReader("text")}, []event{"file stdin text"}},
		{"none", Options{}, nil},
		{"binary", Options{Stdin: strings.NewReader("a\x00b")}, []event{"file stdin a\x00b", "skipped binary stdin"}},
		{"limited", Options{Stdin: strings.NewReader("12345678"), MaxFileSize: 5}, []event{"file stdin 12345", "skipped user-limit stdin"}},
		{"at the limit", Options{Stdin: strings.NewReader("12345"), MaxFileSize: 5}, []event{"file stdin 12345"}},
		{"broken", Options{Stdin: &brokenReader{head: "text"}}, []event{"file stdin text", "incomplete unreadable stdin"}},
	}
	for _, tt := range tests {
		compare(t, tt.name, scanAll(t, []string{"-"}, tt.opts), tt.want)
	}
}

// A brokenReader fails after its head.
type brokenReader struct{ head string }

func (r *brokenReader) Read(p []byte) (int, error) {
	if r.head == "" {
		return 0, errors.New("input/output error")
	}
	n := copy(p, r.head)
	r.head = r.head[n:]
	return n, nil
}

// A scan that is cancelled does not wait for more input.
func TestStdinCancelled(t *testing.T) {
	r, w, err := os.Pipe()
	check(t, err)
	defer r.Close()
	defer w.Close()
	_, err = w.WriteString("begin")
	check(t, err)
	s, err := New([]string{"-"}, Options{Stdin: r})
	check(t, err)
	stopped := errors.New("stopped")
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	var buf scan.Buffer
	var last error
	var content string
	for c, err := range s.Chunks(ctx) {
		check(t, err)
		cancel(stopped)
		for part, err := range c.Open(ctx, &buf) {
			if err == nil {
				content += string(part.Data)
			}
			last = err
		}
	}
	if !errors.Is(last, stopped) {
		t.Errorf("a cancelled read of standard input ends with %v (content %q), want %v", last, content, stopped)
	}
}

func TestSkipped(t *testing.T) {
	tests := []struct {
		name string
		tree map[string]string
		opts Options
		want []event
	}{
		{"git folder", map[string]string{".git/config": "x", "a": "1"}, Options{}, []event{"skipped git-dir .git", "file a 1"}},
		{"git file", map[string]string{"sub/.git": "gitdir: ../x", "sub/a": "1"}, Options{}, []event{"skipped git-dir sub/.git", "file sub/a 1"}},
		{"like git", map[string]string{".gitignore": "1", "x.git/a": "2", ".github/b": "3"}, Options{},
			[]event{"file .github/b 3", "file .gitignore 1", "file x.git/a 2"}},
		{"binary", map[string]string{"a": "GIF89a\x00\x00"}, Options{}, []event{"file a GIF89a\x00\x00", "skipped binary a"}},
		{"binary head", map[string]string{"a": "\x00" + strings.Repeat("x", 10000)}, Options{},
			[]event{event("file a \x00" + strings.Repeat("x", scan.BinaryHead-1)), "skipped binary a"}},
		{"lfs", map[string]string{"a": lfsHead + "oid sha256:00\nsize 1\n"}, Options{},
			[]event{event("file a " + lfsHead + "oid sha256:00\nsize 1\n"), "skipped lfs a"}},
		{"size", map[string]string{"a": "123456", "b": "12345"}, Options{MaxFileSize: 5}, []event{"skipped user-limit a", "file b 12345"}},
		{"excluded", map[string]string{"v/a": "1", "b": "2"}, Options{Exclude: []string{"v"}}, []event{"file b 2", "skipped excluded v"}},
		{"caller", map[string]string{"v/a": "1", "b": "2"}, Options{Skip: func(p string, dir bool) string {
			if p == "v" && dir {
				return "excluded"
			}
			return ""
		}}, []event{"file b 2", "skipped excluded v"}},
	}
	for _, tt := range tests {
		writeTree(t, tt.tree)
		compare(t, tt.name, scanAll(t, []string{"."}, tt.opts), tt.want)
	}
}

func TestGivenInsteadOfMet(t *testing.T) {
	writeTree(t, map[string]string{".git/config": "x", "v/a": "1"})
	compare(t, "git folder", scanAll(t, []string{".git"}, Options{}), []event{"file .git/config x"})
	compare(t, "git file", scanAll(t, []string{".git/config"}, Options{}), []event{"file .git/config x"})
	compare(t, "excluded folder", scanAll(t, []string{"v"}, Options{Exclude: []string{"v"}}), []event{"skipped excluded v"})
	compare(t, "excluded above", scanAll(t, []string{"v/a"}, Options{Exclude: []string{"v"}}), []event{"skipped excluded v/a"})
}

func TestEncodings(t *testing.T) {
	tests := []struct {
		content string
		want    decode.Encoding
	}{
		{"plain", decode.Text},
		{"\xFF\xFEa\x00b\x00", decode.UTF16LE},
		{"\xFE\xFF\x00a\x00b", decode.UTF16BE},
		{"k\x00e\x00y\x00=\x00v\x00", decode.UTF16LE},
		{"\x00\x00\x00", decode.Binary},
	}
	for _, tt := range tests {
		writeTree(t, map[string]string{"a": tt.content})
		s, err := New([]string{"a"}, Options{})
		check(t, err)
		var buf scan.Buffer
		for c, err := range s.Chunks(context.Background()) {
			check(t, err)
			for part, err := range c.Open(context.Background(), &buf) {
				if err == nil && part.Encoding != tt.want {
					t.Errorf("%q: encoding %d, want %d", tt.content, part.Encoding, tt.want)
				}
			}
		}
	}
}

func TestUnreadable(t *testing.T) {
	writeTree(t, map[string]string{"a": "1"})
	long := strings.Repeat("x", 5000)
	tests := []struct {
		path string
		want []event
	}{
		{"missing", []event{"incomplete unreadable missing", "file a 1"}},
		{"a/below", []event{"incomplete unreadable a/below", "file a 1"}},
		{long, []event{event("incomplete unreadable " + long), "file a 1"}},
		{"nul\x00byte", []event{"incomplete unreadable nul\x00byte", "file a 1"}},
	}
	for _, tt := range tests {
		compare(t, tt.path, scanAll(t, []string{tt.path, "a"}, Options{}), tt.want)
	}
}

// What is gone or has changed between the reading of a folder and of what is
// in it is reported, never passed over.
func TestChangedMeanwhile(t *testing.T) {
	tests := []struct {
		name   string
		change func(t *testing.T)
		want   event
	}{
		{"file removed", func(t *testing.T) { check(t, os.Remove("d/b")) }, "incomplete unreadable d/b"},
		{"file to folder", func(t *testing.T) { check(t, os.Remove("d/b")); check(t, os.Mkdir("d/b", 0o755)) }, "incomplete unreadable d/b"},
		{"file to link", func(t *testing.T) { check(t, os.Remove("d/b")); symlink(t, "a", "d/b") }, "skipped symlink d/b"},
		{"folder removed", func(t *testing.T) { check(t, os.RemoveAll("d/c")) }, "incomplete unreadable d/c"},
		{"folder to file", func(t *testing.T) { check(t, os.RemoveAll("d/c")); check(t, os.WriteFile("d/c", nil, 0o644)) }, "incomplete unreadable d/c"},
	}
	for _, tt := range tests {
		writeTree(t, map[string]string{"d/a": "1", "d/b": "2", "d/c/x": "3"})
		s, err := New([]string{"d"}, Options{})
		check(t, err)
		var buf scan.Buffer
		var errs []string
		changed := false
		note := func(err error) {
			if err != nil {
				errs = append(errs, err.Error())
			}
		}
		for c, err := range s.Chunks(context.Background()) {
			note(err)
			if !changed {
				tt.change(t)
				changed = true
			}
			if c != nil {
				for _, err := range c.Open(context.Background(), &buf) {
					note(err)
				}
			}
		}
		reason, where := strings.Fields(string(tt.want))[1], strings.Fields(string(tt.want))[2]
		if len(errs) != 1 || !strings.Contains(errs[0], reason) || !strings.Contains(errs[0], where) {
			t.Errorf("%s: errors %q, want one of %s", tt.name, errs, tt.want)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	tests := []struct {
		paths []string
		opts  Options
		want  string
	}{
		{[]string{""}, Options{}, "a path is empty; the current folder is written as ."},
		{nil, Options{Files: []string{"a", ""}}, "path 2 of the list of files is empty"},
		{nil, Options{Exclude: []string{"[a"}}, `exclude pattern "[a": "[a" is malformed: a class wants its ], and a \ a character after it`},
		{nil, Options{Exclude: []string{"/"}}, `exclude pattern "/": it names nothing`},
	}
	for _, tt := range tests {
		if _, err := New(tt.paths, tt.opts); err == nil || err.Error() != tt.want {
			t.Errorf("New(%q, %+v) = %v, want %s", tt.paths, tt.opts, err, tt.want)
		}
	}
}

func TestStats(t *testing.T) {
	writeTree(t, map[string]string{"a": "123", "b": "\x00\x00\x00", "big": strings.Repeat("line\n", wholeMax/5+1), "empty": ""})
	s, err := New([]string{"."}, Options{})
	check(t, err)
	events(t, s)
	want := Stats{Files: 3, Bytes: 3 + 5*(wholeMax/5+1)}
	if got := s.Stats(); got != want {
		t.Errorf("Stats() = %+v, want %+v", got, want)
	}
}

func TestCancelled(t *testing.T) {
	writeTree(t, map[string]string{"a": "1", "b": "2"})
	s, err := New([]string{"."}, Options{})
	check(t, err)
	stopped := errors.New("stopped")
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	var got []string
	for c, err := range s.Chunks(ctx) {
		cancel(stopped)
		if err != nil {
			got = append(got, err.Error())
			continue
		}
		got = append(got, c.Path)
		for _, err := range c.Open(ctx, new(scan.Buffer)) {
			if !errors.Is(err, stopped) {
				t.Errorf("reading when cancelled: %v, want %v", err, stopped)
			}
		}
	}
	if want := []string{"a", "stopped"}; !slices.Equal(got, want) {
		t.Errorf("cancelled walk gives %q, want %q", got, want)
	}
}

func TestEarlyBreak(t *testing.T) {
	writeTree(t, map[string]string{"a": "1", "b": "2", "d/c": "3", "big": strings.Repeat("line\n", wholeMax/4)})
	s, err := New([]string{".", "missing"}, Options{})
	check(t, err)
	for stop := range 6 {
		n := 0
		for c := range s.Chunks(context.Background()) {
			if c != nil {
				for range c.Open(context.Background(), new(scan.Buffer)) {
					break
				}
			}
			if n++; n > stop {
				break
			}
		}
	}
}
