package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/keysift/keysift/internal/pack"
)

const (
	// historyModule has more than a thousand files and more than a hundred
	// versions.
	historyModule = "k8s.io/client-go"

	// Each branchEvery-th version comes by way of a branch that is merged.
	branchEvery = 5
)

// runHistory measures on a history: many versions of a module, one commit each.
func runHistory(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var o options
	var module string
	var versions int
	fs := flag.NewFlagSet("bench history", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.StringVar(&o.dir, "dir", "", "keep the history and programs in this `folder` (default keysift-bench in the user's cache)")
	fs.IntVar(&o.runs, "runs", 5, "measured runs of each program, after one to warm up")
	fs.StringVar(&o.json, "json", "", "write the figures as JSON to this `file`; - is standard output, in place of the table")
	fs.StringVar(&o.keysift, "keysift", "", "measure this `program` instead of building keysift from the current module")
	fs.BoolVar(&o.peers, "peers", true, "measure gitleaks, too")
	fs.StringVar(&module, "module", historyModule, "make the history from this `module`")
	fs.IntVar(&versions, "versions", 120, "make it from this many versions, as far as there are so many")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if fs.NArg() > 0 || o.runs < 1 || versions < 1 {
		return errors.New("bench history takes no arguments; -runs and -versions must be at least 1")
	}
	if o.dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return fmt.Errorf("finding a folder to work in: %w; name one with -dir", err)
		}
		o.dir = filepath.Join(cache, "keysift-bench")
	}
	say := func(format string, args ...any) { fmt.Fprintf(stderr, format+"\n", args...) }
	w, err := newWorkshop(ctx, &o, say)
	if err != nil {
		return err
	}
	defer w.close()
	dir, err := w.history(ctx, module, versions)
	if err != nil {
		return err
	}
	c := Corpus{Name: "history of " + module, dir: dir}
	if c.Files, c.Bytes, err = blobs(ctx, dir); err != nil {
		return err
	}
	say("measuring on %s: %d blobs, %.1f MB", c.Name, c.Files, mega(c.Bytes))
	tools, err := w.historyTools(dir)
	if err != nil {
		return err
	}
	if c.Results, err = compete(ctx, tools, o.runs); err != nil {
		return err
	}
	if err := write(&Report{Machine: describeMachine(), Corpora: []Corpus{c}}, o.json, stdout); err != nil || o.json == "-" {
		return err
	}
	seen, err := w.looked(ctx, dir)
	if err != nil {
		return err
	}
	return seen.write(stdout)
}

// history returns a repository with many versions of a module, made if it is
// not there yet.
func (w *workshop) history(ctx context.Context, module string, versions int) (string, error) {
	name := fmt.Sprintf("history-%s-%d", strings.ReplaceAll(module, "/", "-"), versions)
	dir := filepath.Join(w.dir, "corpora", name)
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	list, err := w.versions(ctx, module, versions)
	if err != nil {
		return "", err
	}
	w.say("making a history of %d versions of %s", len(list), module)
	h := &historyMaker{ctx: ctx, dir: dir + ".partial"}
	if err := os.RemoveAll(h.dir); err != nil {
		return "", err
	}
	if err := os.MkdirAll(h.dir, 0o755); err != nil {
		return "", err
	}
	h.git("init", "-q", "-b", "main", ".")
	h.git("config", "gc.auto", "0")
	made := 0
	for _, v := range list {
		src, err := w.download(ctx, module+"@"+v)
		if err != nil && ctx.Err() == nil {
			w.say("leaving out %s: %v", v, err) // as one that needs a newer Go
			continue
		}
		if err != nil {
			return "", err
		}
		h.version(made, v, src)
		made++
	}
	if made <= len(list)/2 {
		return "", fmt.Errorf("only %d of %d versions of %s can be had", made, len(list), module)
	}
	h.git("gc", "-q")
	if h.err != nil {
		return "", h.err
	}
	return dir, os.Rename(h.dir, dir)
}

// versions lists versions of a module, at most n of them, spread evenly: those
// that were released, unless there are fewer than that.
func (w *workshop) versions(ctx context.Context, module string, n int) ([]string, error) {
	out, err := w.output(ctx, []string{"GO111MODULE=on"}, "go", "list", "-m", "-versions", "-json", module)
	if err != nil {
		return nil, err
	}
	var info struct{ Versions []string }
	if err := json.Unmarshal(out, &info); err != nil {
		return nil, fmt.Errorf("reading the versions of %s: %w", module, err)
	}
	all := info.Versions
	if released := slices.DeleteFunc(slices.Clone(all), func(v string) bool { return strings.Contains(v, "-") }); len(released) >= n {
		all = released
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s has no version", module)
	}
	var list []string
	for i := range min(n, len(all)) {
		list = append(list, all[i*len(all)/min(n, len(all))])
	}
	return list, nil
}

// A historyMaker runs git until a first error.
type historyMaker struct {
	ctx  context.Context
	dir  string
	tick int
	err  error
}

func (h *historyMaker) git(args ...string) {
	if h.err != nil {
		return
	}
	cmd := exec.CommandContext(h.ctx, "git", args...)
	cmd.Dir = h.dir
	date := fmt.Sprintf("%d +0000", 1_500_000_000+86_400*h.tick)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
		"GIT_AUTHOR_NAME=A U Thor", "GIT_AUTHOR_EMAIL=author@example.com", "GIT_AUTHOR_DATE="+date,
		"GIT_COMMITTER_NAME=A U Thor", "GIT_COMMITTER_EMAIL=author@example.com", "GIT_COMMITTER_DATE="+date)
	if out, err := cmd.CombinedOutput(); err != nil {
		h.err = fmt.Errorf("git %s: %w\n%s", strings.Join(args, " "), err, out)
	}
}

// version commits one version, some of them by way of a branch.
func (h *historyMaker) version(i int, name, src string) {
	branch := i%branchEvery == branchEvery-1
	if h.tick++; branch {
		h.git("checkout", "-q", "-b", "release-"+name)
	}
	if h.err == nil {
		h.err = h.replace(src)
	}
	h.git("add", "-A")
	h.git("commit", "-q", "--allow-empty", "-m", "version "+name)
	if branch {
		h.git("checkout", "-q", "main")
		h.git("merge", "-q", "--no-ff", "-m", "merge "+name, "release-"+name)
	}
	h.git("tag", "-a", "-m", "release "+name, name)
}

// replace puts a folder in the place of all files of the work tree.
func (h *historyMaker) replace(src string) error {
	entries, err := os.ReadDir(h.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() == ".git" {
			continue
		}
		if err := os.RemoveAll(filepath.Join(h.dir, e.Name())); err != nil {
			return err
		}
	}
	return os.CopyFS(h.dir, os.DirFS(src))
}

// blobs returns the number and size of the blobs of a repository.
func blobs(ctx context.Context, dir string) (n int, size int64, err error) {
	err = walkPacks(ctx, dir, 1, pack.TypesOf(pack.Blob), func(s pack.Stats) { n, size = int(s.Objects), s.Bytes })
	return n, size, err
}

// runWalk reads all objects of a repository and does nothing with them: what
// a scan costs at least.
func runWalk(ctx context.Context, args []string) error {
	if len(args) != 1 {
		return errors.New("usage: bench walk REPO")
	}
	return walkPacks(ctx, args[0], 0, pack.AllTypes, func(pack.Stats) {})
}

func walkPacks(ctx context.Context, dir string, workers int, types pack.Types, done func(pack.Stats)) error {
	s, err := pack.Open(filepath.Join(dir, ".git", "objects"), pack.Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	stats, err := s.Walk(ctx, pack.WalkOptions{Workers: workers, Types: types})
	done(stats)
	return err
}

// historyTools returns what is measured on a repository; keysift comes first.
func (w *workshop) historyTools(dir string) ([]tool, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	keysift := func(name string, flags ...string) tool {
		command := append([]string{w.keysift, "history", "--format", "jsonl", "--progress", "never", "--exit-zero"}, flags...)
		return tool{name: name, command: append(command, dir), found: countFindings}
	}
	nothing := func([]byte) (int, error) { return 0, nil }
	quiet := func(args ...string) []string {
		return append([]string{"sh", "-c", `exec "$@" > /dev/null`, "sh", "git", "-C", dir}, args...)
	}
	tools := []tool{
		keysift("keysift"),
		keysift("keysift --no-delta", "--no-delta"),
		keysift("keysift --jobs 1", "--jobs", "1"),
		{name: "reading only", command: []string{self, "walk", dir}, found: nothing},
		{name: "git cat-file, all objects", command: quiet("cat-file", "--batch-all-objects", "--batch", "--unordered"), found: nothing},
		{name: "git log -p --all", command: quiet("log", "-p", "--all"), found: nothing},
	}
	if w.gitleaks != "" {
		t := w.gitleaksTool("gitleaks "+gitleaksVersion, w.gitleaks, dir)
		t.command[1] = "git"
		tools = append(tools, t)
	}
	return tools, nil
}
