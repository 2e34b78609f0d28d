package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// TestActionDownload gets releases from a server of the test.
func TestActionDownload(t *testing.T) {
	a := newActionTest(t)
	name := fmt.Sprintf("keysift_1.2.3_%s_%s.tar.gz", runtime.GOOS, runtime.GOARCH)
	archive := releaseArchive(t, "keysift")
	sum := func(data []byte) string { return fmt.Sprintf("%x", sha256.Sum256(data)) }
	files := map[string][]byte{"/dl/v1.2.3/" + name: archive}
	checksums := func(text string) { files["/dl/v1.2.3/checksums.txt"] = []byte(text) }
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, ok := files[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(data)
	}))
	defer server.Close()

	main := a.id("main")
	a.checkout("refs/heads/main", 2)
	run := func(version string) int {
		return a.event("push", pushEvent("refs/heads/main", main, main), "refs/heads/main", main, main,
			"INPUT_VERSION="+version, "INPUT_DOWNLOAD_URL="+server.URL+"/dl/", "ACTION_PATH=/nowhere")
	}
	good := strings.Repeat("0", 64) + "  other_" + name + "\n" + sum(archive) + "  " + name + "\n"
	checksums(good)
	a.want("a release", run("1.2.3"), 0, "0")
	a.want("its tag", run("v1.2.3"), 0, "0")
	checksums(strings.ToUpper(sum(archive)) + " *" + name + "\r\n")
	if got := run("1.2.3"); got != 2 {
		t.Errorf("a name that is another: status %d, want 2", got)
	}

	bad := releaseArchive(t, "other")
	for _, tt := range []struct{ name, version, checksums, want string }{
		{"another archive", "1.2.3", sum(bad) + "  " + name + "\n", "is not what its release says it is"},
		{"no checksum", "1.2.3", sum(archive) + "  other.tar.gz\n", "has no checksum of " + name},
		{"two checksums", "1.2.3", good + good, "has no checksum of " + name},
		{"no release", "1.2.4", good, "/dl/v1.2.4/checksums.txt failed"},
		{"no version", "latest", good, `version: "latest" is no release; write it as 1.2.3`},
		{"a path", "1.2.3/../../x", good, "is no release"},
		{"a command", "1.2.3$(touch x)", good, "is no release"},
	} {
		checksums(tt.checksums)
		a.want(tt.name, run(tt.version), 2, "")
		a.holds(a.stdout, "::error title=keysift::", tt.want)
	}
	files["/dl/v1.2.3/"+name] = bad
	checksums(sum(bad) + "  " + name + "\n")
	a.want("an archive of something else", run("1.2.3"), 2, "")
	a.holds(a.stdout, "holds no keysift")
}

// releaseArchive returns an archive with the program as a file of a name.
func releaseArchive(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(thisProgram(t))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	w := tar.NewWriter(z)
	for file, text := range map[string][]byte{"LICENSE": []byte("text\n"), name: data} {
		if err := w.WriteHeader(&tar.Header{Name: file, Mode: 0o755, Size: int64(len(text))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestReleaseNames holds the configuration of releases to what the action
// downloads.
func TestReleaseNames(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(moduleRoot(t), ".goreleaser.yml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`name_template: "keysift_{{ .Version }}_{{ .Os }}_{{ .Arch }}"`, "formats: [tar.gz]", "name_template: checksums.txt", "algorithm: sha256",
		"goos: [linux, darwin, windows]", "goarch: [amd64, arm64]",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q in .goreleaser.yml", want)
		}
	}
}

// TestActionMetadata: no input gets into a script but by its environment, and
// no other action is used.
func TestActionMetadata(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(moduleRoot(t), "action.yml"))
	if err != nil {
		t.Fatal(err)
	}
	inputs, steps, ok := strings.Cut(string(text), "\nruns:\n")
	if !ok || !strings.Contains(steps, "using: composite") || strings.Contains(steps, "uses:") {
		t.Error("the action is not one of steps of its own")
	}
	_, script, _ := strings.Cut(steps, " run:")
	if strings.Contains(script, "${{") {
		t.Errorf("the script holds an expression: %s", script)
	}
	inputs, _, _ = strings.Cut(inputs, "\noutputs:\n")
	_, inputs, _ = strings.Cut(inputs, "\ninputs:\n")
	names := regexp.MustCompile(`(?m)^  ([a-z-]+):$`).FindAllStringSubmatch(inputs, -1)
	if len(names) < 10 {
		t.Fatalf("only %d inputs", len(names))
	}
	run, err := os.ReadFile(filepath.Join(moduleRoot(t), ".github", "action", "run.sh"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range names {
		variable := "INPUT_" + strings.ToUpper(strings.ReplaceAll(m[1], "-", "_"))
		if !strings.Contains(steps, "        "+variable+": ${{ inputs."+m[1]+" }}\n") || !strings.Contains(string(run), "$"+variable) && !strings.Contains(string(run), "${"+variable) {
			t.Errorf("input %s does not reach the script as %s", m[1], variable)
		}
	}
}

// tool finds a program for a test that is left out without it.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skip(err)
	}
	return path
}

func TestActionlint(t *testing.T) {
	lint, root := tool(t, "actionlint"), moduleRoot(t)
	files, err := filepath.Glob(filepath.Join(root, ".github/workflows/*.yml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("workflows: %v, %v", files, err)
	}
	// A workflow that uses the action has it checked as well.
	dir := t.TempDir()
	copyFiles(t, root, dir, "action.yml", ".github/action/run.sh")
	if err := os.MkdirAll(filepath.Join(dir, ".github/workflows"), 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, ".github/workflows/use.yml")
	if err := os.WriteFile(file, []byte(actWorkflow("file:///remote.git", "./")), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, script := range []string{"init -q", "add ."} {
		cmd := exec.Command("git", strings.Fields(script)...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	for dir, files := range map[string][]string{root: files, dir: {file}} {
		cmd := exec.Command(lint, append([]string{"-no-color"}, files...)...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	}
}

func TestShellcheck(t *testing.T) {
	cmd := exec.Command(tool(t, "shellcheck"), "--shell=bash", filepath.Join(moduleRoot(t), ".github", "action", "run.sh"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func copyFiles(t *testing.T, from, to string, names ...string) {
	t.Helper()
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(to, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(to, name), data, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

// actWorkflow returns a workflow that checks out one commit, as
// actions/checkout does, and uses the action.
func actWorkflow(remote, action string) string {
	return `name: keysift
on: [push, pull_request]
permissions: {}
jobs:
  secrets:
    runs-on: ubuntu-latest
    permissions:
      contents: read
    steps:
      - name: checkout
        run: |
          git init -q -b main .
          git remote add origin ` + remote + `
          git fetch -q --depth=1 origin "$GITHUB_SHA"
          git checkout -q --detach FETCH_HEAD
      - id: keysift
        uses: ` + action + `
      - if: always()
        env:
          FINDINGS: ${{ steps.keysift.outputs.findings }}
          CODE: ${{ steps.keysift.outputs.exit-code }}
          SARIF: ${{ steps.keysift.outputs.sarif }}
        run: |
          echo "outputs: findings=$FINDINGS exit-code=$CODE"
          grep -c '"ruleId"' "$SARIF" || true
`
}

// TestAct runs the action as a runner does, for a push and a pull request that
// bring a token and excuses for it.
func TestAct(t *testing.T) {
	act := tool(t, "act")
	if testing.Short() {
		t.Skip("builds the program")
	}
	a := newActionTest(t)
	a.mkdir("work/action", "work/.github/workflows")
	copyModule(t, filepath.Join(a.dir, "work/action"))
	copyFiles(t, moduleRoot(t), filepath.Join(a.dir, "work/action"), "action.yml", ".github/action/run.sh")
	a.write("work/.github/workflows/keysift.yml", actWorkflow("file://"+a.dir+"/remote.git", "./action"), 0o644)
	if err := os.Remove(filepath.Join(a.dir, "bin/go")); err != nil {
		t.Fatal(err)
	}
	a.env = append(a.env, "GOMODCACHE="+goEnv(t, "GOMODCACHE"), "GOCACHE="+goEnv(t, "GOCACHE"), "XDG_CACHE_HOME="+filepath.Join(a.dir, "cache"), "GOFLAGS=-modcacherw")
	a.sh(`cd work
		git add . && git commit -q -m action && git push -q origin main
		git checkout -q -b change
		echo "TOKEN=$TOKEN # keysift:allow github-pat let me" >new.env
		echo 'disable-rule = "github-pat"' >.keysift.toml
		git add . && git commit -q -m 'a token' && git push -q origin change`)
	base, head := a.id("main"), a.id("change")
	for name, event := range map[string]string{"push": pushEvent("refs/heads/change", base, head), "pull_request": pullEvent(base, head)} {
		a.write("event.json", event, 0o644)
		cmd := exec.Command(act, name, "-e", "../event.json", "-P", "ubuntu-latest=-self-hosted")
		cmd.Dir, cmd.Env = filepath.Join(a.dir, "work"), a.env
		out, err := cmd.CombinedOutput()
		if err == nil {
			t.Errorf("%s: the job passed", name)
		}
		text := string(out)
		t.Logf("act %s:\n%s", name, text)
		a.holds(text, "file=new.env,line=1", "outputs: findings=1 exit-code=1", "sets disable-rule", "a new comment keysift:allow", "Failure - Main ./action")
		if strings.Contains(text, "old.env") {
			t.Errorf("%s: what the base holds was looked at", name)
		}
	}
}
