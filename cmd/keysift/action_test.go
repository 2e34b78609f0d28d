package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// An actionTest is a remote, a clone of it to work in, and what a runner gives
// to the script of action.yml.
type actionTest struct {
	t      *testing.T
	dir    string // holds all of it
	env    []string
	stdout string
	stderr string
	output map[string]string
}

// thisProgram returns the program under test: testscript has put this binary
// into PATH, and under that name it is keysift.
func thisProgram(t *testing.T) string {
	t.Helper()
	name, err := exec.LookPath("keysift")
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func newActionTest(t *testing.T) *actionTest {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the paths of these tests are those of Unix")
	}
	for _, program := range []string{"bash", "git"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatalf("%s is needed for this test", program)
			}
			t.Skip(err)
		}
	}
	top, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	a := &actionTest{t: t, dir: top}
	a.env = append(withoutCI(os.Environ()),
		"HOME="+top, "PATH="+filepath.Join(top, "bin")+string(os.PathListSeparator)+os.Getenv("PATH"),
		"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "TOKEN="+sampleToken(t),
		"GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.org", "GIT_AUTHOR_DATE=2024-01-02T03:04:05Z",
		"GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@example.org", "GIT_COMMITTER_DATE=2024-01-02T03:04:05Z",
	)
	a.mkdir("bin", "temp", "action")
	// In place of Go, what it would make.
	a.write("bin/go", "#!/bin/sh\nwhile [ \"$1\" != -o ]; do shift; done\ncp '"+thisProgram(t)+"' \"$2\"\n", 0o755)
	a.sh(`
		git init -q --bare -b main remote.git
		git -C remote.git config uploadpack.allowAnySHA1InWant true
		git init -q -b main work
		cd work
		git remote add origin "file://$PWD/../remote.git"
		echo "TOKEN=$TOKEN" >old.env
		git add . && git commit -q -m 'an old token'
		for n in 1 2 3 4 5 6 7 8; do echo $n >count && git add . && git commit -q -m $n; done
		git push -q origin main`)
	return a
}

// withoutCI leaves out what the CI system has set that runs the tests.
func withoutCI(env []string) []string {
	var out []string
	for _, kv := range env {
		if name, _, _ := strings.Cut(kv, "="); name != "CI" && !strings.HasPrefix(name, "GITHUB_") && !strings.HasPrefix(name, "GIT_") &&
			!strings.HasPrefix(name, "RUNNER_") && !strings.HasPrefix(name, "CI_") {
			out = append(out, kv)
		}
	}
	return out
}

func (a *actionTest) mkdir(names ...string) {
	for _, name := range names {
		if err := os.MkdirAll(filepath.Join(a.dir, name), 0o755); err != nil {
			a.t.Fatal(err)
		}
	}
}

func (a *actionTest) write(name, text string, mode os.FileMode) {
	a.t.Helper()
	if err := os.WriteFile(filepath.Join(a.dir, name), []byte(text), mode); err != nil {
		a.t.Fatal(err)
	}
}

// sh runs a shell script in the folder of the test and returns its output.
func (a *actionTest) sh(script string) string {
	a.t.Helper()
	cmd := exec.Command("bash", "-euc", script)
	cmd.Dir, cmd.Env = a.dir, a.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		a.t.Fatalf("%s\n%v\n%s", script, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (a *actionTest) id(rev string) string { return a.sh("git -C work rev-parse '" + rev + "'") }

// checkout makes what actions/checkout makes of a ref of the remote.
func (a *actionTest) checkout(ref string, depth int) {
	a.t.Helper()
	a.sh(fmt.Sprintf(`
		git init -q -b main clone
		cd clone
		git remote add origin "file://$PWD/../remote.git"
		git fetch -q --no-tags --depth=%d origin '+%s:refs/remotes/checkout'
		git checkout -q --detach refs/remotes/checkout`, depth, ref))
}

// event runs the script as a runner does for an event; inputs replace those of
// action.yml by default, and what else the runner sets. It returns the status.
func (a *actionTest) event(name, payload, ref, base, head string, inputs ...string) int {
	a.t.Helper()
	_ = os.Remove(filepath.Join(a.dir, "output"))
	_ = os.Remove(filepath.Join(a.dir, "summary"))
	a.write("event.json", payload, 0o644)
	cmd := exec.Command("bash", filepath.Join(moduleRoot(a.t), ".github", "action", "run.sh"))
	cmd.Dir = a.dir
	cmd.Env = append(append(a.env,
		"CI=true", "GITHUB_ACTIONS=true", "GITHUB_EVENT_NAME="+name, "GITHUB_EVENT_PATH="+filepath.Join(a.dir, "event.json"),
		"GITHUB_REF="+ref, "GITHUB_SHA="+head, "GITHUB_OUTPUT="+filepath.Join(a.dir, "output"), "GITHUB_STEP_SUMMARY="+filepath.Join(a.dir, "summary"),
		"RUNNER_TEMP="+filepath.Join(a.dir, "temp"), "ACTION_PATH="+filepath.Join(a.dir, "action"),
		"EVENT_BASE="+base, "EVENT_HEAD="+head, "EVENT_BRANCH=main",
		"INPUT_PATH=clone", "INPUT_RANGE=auto", "INPUT_POLICY_FROM=auto", "INPUT_FETCH=true", "INPUT_FAIL=true", "INPUT_ANNOTATIONS=true",
		"INPUT_SUMMARY=true", "INPUT_SARIF=", "INPUT_ARGS=", "INPUT_VERSION=", "INPUT_DOWNLOAD_URL=",
	), inputs...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		a.t.Fatal(err)
	}
	a.stdout, a.stderr, a.output = stdout.String(), stderr.String(), map[string]string{}
	for line := range strings.Lines(a.read("output")) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		a.output[name] = value
	}
	if strings.Contains(a.stdout+a.stderr+a.read("summary"), strings.TrimPrefix(sampleToken(a.t), "ghp_")) {
		a.t.Error("the token is in the output")
	}
	return cmd.ProcessState.ExitCode()
}

func (a *actionTest) read(name string) string {
	data, err := os.ReadFile(filepath.Join(a.dir, name))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		a.t.Fatal(err)
	}
	return string(data)
}

// want holds the last event to a status and a number of findings.
func (a *actionTest) want(what string, got, status int, findings string) {
	a.t.Helper()
	if got != status || a.output["findings"] != findings {
		a.t.Errorf("%s: status %d with %q findings, want %d with %q\n%s%s", what, got, a.output["findings"], status, findings, a.stdout, a.stderr)
	}
	if code := a.output["exit-code"]; code != fmt.Sprint(status) {
		a.t.Errorf("%s: exit-code is %q, want %d", what, code, status)
	}
}

func (a *actionTest) holds(text string, parts ...string) {
	a.t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			a.t.Errorf("no %q in\n%s", p, text)
		}
	}
}

func moduleRoot(t *testing.T) string {
	t.Helper()
	return filepath.Dir(goEnv(t, "GOMOD"))
}

func pushEvent(ref, before, after string) string {
	return fmt.Sprintf(`{"ref":%q,"before":%q,"after":%q,"repository":{"default_branch":"main"}}`, ref, before, after)
}

func pullEvent(base, head string) string {
	return fmt.Sprintf(`{"pull_request":{"base":{"ref":"main","sha":%q},"head":{"ref":"change","sha":%q}},"repository":{"default_branch":"main"}}`, base, head)
}

const noCommit = "0000000000000000000000000000000000000000"

// TestActionPush: every push is looked at from a checkout of one commit, and
// what the branch held before is not its concern.
func TestActionPush(t *testing.T) {
	a := newActionTest(t)
	before := a.id("main")
	a.sh(`cd work
		echo "TOKEN=$TOKEN" >new.env && git add . && git commit -q -m 'a token'
		git rm -q new.env && git commit -q -m 'without it'
		git push -q origin main`)
	after := a.id("main")

	a.checkout("refs/heads/main", 1)
	got := a.event("push", pushEvent("refs/heads/main", before, after), "refs/heads/main", before, after)
	a.want("a push of two commits", got, 1, "1")
	a.holds(a.stdout, "::error ", "file=new.env")
	a.holds(a.read("summary"), "## keysift: 1 finding", "| 1 | 1 | GitHub personal access token", "**Revoke now**")
	sarif, err := os.ReadFile(a.output["sarif"])
	if err != nil || !bytes.Contains(sarif, []byte(`"new.env"`)) {
		t.Errorf("the file %q of the output is no report: %v", a.output["sarif"], err)
	}
	a.want("again, with what is there now", a.event("push", pushEvent("refs/heads/main", before, after), "refs/heads/main", before, after), 1, "1")
	if got := a.event("push", pushEvent("refs/heads/main", before, after), "refs/heads/main", before, after, "INPUT_FAIL=false"); got != 0 || a.output["exit-code"] != "1" {
		t.Errorf("fail: false: status %d, exit-code %q; want 0 and 1", got, a.output["exit-code"])
	}
	// The push after that one.
	a.want("a clean push", a.event("push", pushEvent("refs/heads/main", after+"~1", after), "refs/heads/main", a.id("main~1"), after), 0, "0")

	a.sh("rm -rf clone")
	a.checkout("refs/heads/main", 1)
	a.want("a removed branch", a.event("push", pushEvent("refs/heads/gone", before, noCommit), "refs/heads/gone", before, noCommit), 0, "0")
	a.want("the first push", a.event("push", pushEvent("refs/heads/main", noCommit, after), "refs/heads/main", noCommit, after), 1, "1")
}

// TestActionBranch: new branches, tags and force pushes.
func TestActionBranch(t *testing.T) {
	a := newActionTest(t)
	a.sh(`cd work
		git checkout -q -b change main~3
		echo x >x && git add . && git commit -q -m x
		git push -q origin change`)
	first := a.id("change")
	a.checkout("refs/heads/change", 1)
	a.want("a new branch", a.event("push", pushEvent("refs/heads/change", noCommit, first), "refs/heads/change", noCommit, first), 0, "0")
	if strings.Contains(a.sh("git -C clone rev-parse --is-shallow-repository; git -C clone rev-list --count refs/remotes/checkout"), "10") {
		t.Error("all of the history was fetched for a branch with one commit")
	}

	a.sh(`cd work
		git tag -a -m 'a tag' v1 main~2 && git push -q origin v1`)
	a.sh("rm -rf clone")
	a.checkout("refs/tags/v1", 1)
	tag := a.id("v1")
	a.want("a tag", a.event("push", pushEvent("refs/tags/v1", noCommit, tag), "refs/tags/v1", noCommit, tag), 0, "0")

	a.sh(`cd work
		git reset -q --hard HEAD~1
		echo "TOKEN=$TOKEN" >new.env && git add . && git commit -q -m 'a token'
		git push -q --force origin change`)
	forced := a.id("change")
	a.sh("rm -rf clone")
	a.checkout("refs/heads/change", 1)
	a.want("a force push", a.event("push", pushEvent("refs/heads/change", first, forced), "refs/heads/change", first, forced), 1, "1")
	a.sh("rm -rf clone")
	a.checkout("refs/heads/change", 1)
	gone := strings.Repeat("ab", 20)
	a.want("a force push over what is gone", a.event("push", pushEvent("refs/heads/change", gone, forced), "refs/heads/change", gone, forced), 1, "1")
	a.holds(a.stdout, "::notice title=keysift::the remote no longer has "+gone)
}

// TestActionRequest: a pull request cannot excuse itself, and its head is read
// without being checked out.
func TestActionRequest(t *testing.T) {
	a := newActionTest(t)
	base := a.id("main~4")
	a.sh(`cd work
		git checkout -q -b change main~4
		echo "TOKEN=$TOKEN # keysift:allow github-pat let me" >new.env
		echo 'disable-rule = "github-pat"' >.keysift.toml
		git add . && git commit -q -m 'a token, and excuses'
		git push -q origin change:refs/pull/1/head
		git checkout -q --detach main
		git merge -q -m merge change
		git push -q origin HEAD:refs/pull/1/merge`)
	head := a.id("change")
	a.checkout("refs/pull/1/merge", 1)
	a.want("a pull request", a.event("pull_request", pullEvent(base, head), "refs/pull/1/merge", base, head), 1, "1")
	a.holds(a.stdout, "file=new.env", `.keysift.toml:1: sets disable-rule = "github-pat"`, "new.env: a new comment keysift:allow")
	a.holds(a.read("summary"), "### Without effect, since it is not so in `refs/remotes/origin/main`", "a new comment keysift:allow")

	a.sh("rm -rf clone")
	a.checkout("refs/heads/main", 1)
	a.want("its safe target", a.event("pull_request_target", pullEvent(base, head), "refs/heads/main", base, head), 1, "1")
	a.holds(a.stdout, "file=new.env", `.keysift.toml:1: sets disable-rule`)
	if _, err := os.Stat(filepath.Join(a.dir, "clone/new.env")); err == nil {
		t.Error("the head of the request was checked out")
	}

	// Once the base allows it, running the same event again passes.
	a.sh(`cd work
		git checkout -q main
		git show change:new.env >new.env
		'` + thisProgram(t) + `' allow new.env:1 --reason 'made up' --no-config >/dev/null
		rm new.env
		git add .keysift-baseline.json && git commit -q -m 'a known finding' && git push -q origin main`)
	a.want("the pull request again", a.event("pull_request", pullEvent(base, head), "refs/pull/1/merge", base, head), 0, "0")

	queue := fmt.Sprintf(`{"merge_group":{"base_sha":%q,"head_sha":%q},"repository":{"default_branch":"main"}}`, base, head)
	a.sh("rm -rf clone")
	a.checkout("refs/pull/1/head", 1)
	a.want("a merge group", a.event("merge_group", queue, "refs/heads/gh-readonly-queue/main/x", base, head), 1, "1")
}

// TestActionSchedule: without a change, all of the history of all branches.
func TestActionSchedule(t *testing.T) {
	a := newActionTest(t)
	a.sh(`cd work
		git checkout -q -b other
		echo x >x && git add . && git commit -q -m other
		git push -q origin other`)
	main := a.id("main")
	for _, name := range []string{"schedule", "workflow_dispatch"} {
		a.checkout("refs/heads/main", 1)
		got := a.event(name, `{"repository":{"default_branch":"main"}}`, "refs/heads/main", "", main)
		if got != 1 || !strings.Contains(a.stdout, "file=old.env") {
			t.Errorf("%s: status %d, want 1 and the old token:\n%s", name, got, a.stdout)
		}
		a.holds(a.sh("git -C clone rev-parse --is-shallow-repository"), "false")
		a.holds(a.sh("git -C clone for-each-ref"), "refs/remotes/origin/other")
		a.sh("rm -rf clone")
	}
}

// TestActionCannotFetch: where nothing may be fetched, the run says what is
// missing and how to get it.
func TestActionCannotFetch(t *testing.T) {
	a := newActionTest(t)
	before, after := a.id("main~3"), a.id("main")
	event := pushEvent("refs/heads/main", before, after)
	for _, tt := range []struct{ name, prepare, input string }{
		{"fetch: false", "true", "INPUT_FETCH=false"},
		{"no remote", "git -C clone remote remove origin", ""},
		{"a remote that is gone", "git -C clone remote set-url origin file:///nowhere", ""},
	} {
		for _, depth := range []int{1, 2} {
			a.checkout("refs/heads/main", depth)
			a.sh(tt.prepare)
			got := a.event("push", event, "refs/heads/main", before, after, tt.input)
			if got != 2 || a.output["exit-code"] != "2" {
				t.Errorf("%s: status %d, want 2", tt.name, got)
			}
			a.holds(a.stdout, "fetch-depth: 0")
			a.sh("rm -rf clone")
		}
	}
	a.checkout("refs/heads/main", 8)
	a.want("enough history without fetching", a.event("push", event, "refs/heads/main", before, after, "INPUT_FETCH=false"), 0, "0")
}

// TestActionHostile: names of files and messages give the runner no commands.
func TestActionHostile(t *testing.T) {
	a := newActionTest(t)
	before := a.id("main")
	a.sh(`cd work
		mkdir -p '##[set-output name=findings]0'
		for name in '::set-output name=findings::0' $'a\n::error::x.env' '##[set-output name=findings]0/a.env'; do
			echo "TOKEN=$TOKEN # keysift:allow github-pat ::error::y" >"$name"
		done
		git add . && git commit -q -m $'::error::z\n\n##[error]z' && git push -q origin main~0:refs/heads/change`)
	after := a.id("HEAD")
	for _, annotations := range []string{"true", "false"} {
		a.checkout("refs/heads/change", 1)
		got := a.event("push", pushEvent("refs/heads/change", before, after), "refs/heads/change", before, after, "INPUT_ANNOTATIONS="+annotations)
		a.want("annotations: "+annotations, got, 1, "1")
		muted := ""
		for line := range strings.Lines(a.stdout) {
			line = strings.TrimSuffix(line, "\n")
			if token, ok := strings.CutPrefix(line, "::stop-commands::"); ok && muted == "" {
				muted = "::" + token + "::"
				continue
			}
			switch {
			case line == muted:
				muted = ""
			case muted != "":
			case !strings.HasPrefix(line, "::error ") && !strings.HasPrefix(line, "::warning ") && !strings.HasPrefix(line, "::notice "):
				t.Errorf("annotations: %s: line %q", annotations, line)
			}
		}
		if muted != "" || strings.Contains(a.stderr, "::") {
			t.Errorf("annotations: %s: commands stay off (%q), or are on standard error: %s", annotations, muted, a.stderr)
		}
		a.sh("rm -rf clone")
	}
}

// TestActionInputs: each input reaches the program as one argument.
func TestActionInputs(t *testing.T) {
	a := newActionTest(t)
	before := a.id("main")
	a.sh(`cd work
		echo "TOKEN=$TOKEN" >new.env && git add . && git commit -q -m 'a token' && git push -q origin main`)
	after := a.id("main")
	a.checkout("refs/heads/main", 1)
	event := pushEvent("refs/heads/main", before, after)
	run := func(inputs ...string) int {
		return a.event("push", event, "refs/heads/main", before, after, inputs...)
	}
	sarif := filepath.Join(a.dir, "a report; touch $(x) `y`.sarif")
	a.want("a file", run("INPUT_SARIF="+sarif, "INPUT_SUMMARY=false"), 1, "1")
	if a.output["sarif"] != sarif || a.read("summary") != "" {
		t.Errorf("sarif is %q, summary %q", a.output["sarif"], a.read("summary"))
	}
	a.want("arguments", run("INPUT_ARGS=--exclude\n*.env\n\n--quiet"), 0, "0")
	a.want("a range", run("INPUT_RANGE="+after+".."+after), 0, "0")
	a.want("all", run("INPUT_RANGE="), 1, "1")
	a.want("another status", run("INPUT_ARGS=--exit-code\n7\n"), 7, "1")
	for _, bad := range []string{"INPUT_ARGS=--unknown", "INPUT_SARIF=a\nb", "INPUT_PATH=nowhere", "INPUT_POLICY_FROM=nowhere", "INPUT_RANGE=$(touch x)"} {
		if got := run(bad); got != 2 || a.output["exit-code"] != "2" || !strings.Contains(a.stdout, "::error ") {
			t.Errorf("%s: status %d, outputs %v, want 2 and an error:\n%s", bad, got, a.output, a.stdout)
		}
	}
	if got := run("INPUT_FAIL=false", "INPUT_RANGE=x..y"); got != 2 {
		t.Errorf("fail: false with what could not be read: status %d, want 2", got)
	}
	if _, err := os.Stat(filepath.Join(a.dir, "x")); err == nil {
		t.Error("an input was run")
	}
}

// TestActionBuild builds from the checkout of the action with the real Go.
func TestActionBuild(t *testing.T) {
	a := newActionTest(t)
	if err := os.Remove(filepath.Join(a.dir, "bin/go")); err != nil {
		t.Fatal(err)
	}
	main := a.id("main")
	a.checkout("refs/heads/main", 2)
	real := []string{"GOMODCACHE=" + goEnv(t, "GOMODCACHE"), "GOCACHE=" + goEnv(t, "GOCACHE"), "GOFLAGS=-mod=vendor", "GOOS=plan9"}
	got := a.event("push", pushEvent("refs/heads/main", main, main), "refs/heads/main", main, main, append(real, "ACTION_PATH="+moduleRoot(t))...)
	a.want("a build", got, 0, "0")
	got = a.event("push", pushEvent("refs/heads/main", main, main), "refs/heads/main", main, main, real...)
	a.want("nothing to build", got, 2, "")
	a.holds(a.stdout, "::error title=keysift::building keysift from ")
}
