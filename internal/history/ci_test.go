package history

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/scan"
)

func TestReadOccasion(t *testing.T) {
	const repository = `"repository":{"default_branch":"main"}`
	const pull = `{"action":"synchronize","before":"x","after":"y","pull_request":{"base":{"ref":"main","sha":"a"},"head":{"ref":"main","sha":"b"}},` + repository + `}`
	tests := []struct {
		name   string
		env    string // NAME=VALUE, separated by spaces
		event  string // of GitHub
		want   string // the range
		policy string
	}{
		{"pull request", "GITHUB_EVENT_NAME=pull_request GITHUB_SHA=m", pull, "a...b", "refs/remotes/origin/main a"},
		{"pull request, safe target", "GITHUB_EVENT_NAME=pull_request_target GITHUB_SHA=a", pull, "a...b", "refs/remotes/origin/main a"},
		{"pull request without ids", "GITHUB_EVENT_NAME=pull_request GITHUB_SHA=m GITHUB_BASE_REF=dev", `{"pull_request":{}}`,
			"refs/remotes/origin/dev...m", "refs/remotes/origin/dev"},
		{"merge queue", "GITHUB_EVENT_NAME=merge_group GITHUB_SHA=b", `{"merge_group":{"base_sha":"a","head_sha":"b","base_ref":"refs/heads/main"},` + repository + `}`, "a..b", "a"},
		{"push", "GITHUB_EVENT_NAME=push GITHUB_SHA=b", `{"ref":"refs/heads/main","before":"a","after":"b",` + repository + `}`, "a..b", "b"},
		{"push to another branch", "GITHUB_EVENT_NAME=push GITHUB_SHA=b", `{"ref":"refs/heads/dev","before":"a","after":"b",` + repository + `}`, "a..b", "refs/remotes/origin/main"},
		{"force push", "GITHUB_EVENT_NAME=push GITHUB_SHA=b", `{"ref":"refs/heads/dev","forced":true,"before":"a","after":"b",` + repository + `}`, "a..b", "refs/remotes/origin/main"},
		{"new branch", "GITHUB_EVENT_NAME=push GITHUB_SHA=b", `{"ref":"refs/heads/dev","before":"` + zeroID + `","after":"b",` + repository + `}`, zeroID + "..b", "refs/remotes/origin/main"},
		{"first commit", "GITHUB_EVENT_NAME=push GITHUB_SHA=b", `{"ref":"refs/heads/main","before":"` + zeroID + `","after":"b",` + repository + `}`, zeroID + "..b", "b"},
		{"tag", "GITHUB_EVENT_NAME=push GITHUB_SHA=b", `{"ref":"refs/tags/main","before":"` + zeroID + `","after":"t",` + repository + `}`, zeroID + "..t", "refs/remotes/origin/main"},
		{"removed branch", "GITHUB_EVENT_NAME=push GITHUB_SHA=b", `{"ref":"refs/heads/dev","before":"a","after":"` + zeroID + `",` + repository + `}`, "a.." + zeroID, "refs/remotes/origin/main"},
		{"push, default branch not known", "GITHUB_EVENT_NAME=push GITHUB_SHA=b", `{"ref":"refs/heads/main","before":"a","after":"b"}`, "a..b", ""},
		{"schedule", "GITHUB_EVENT_NAME=schedule GITHUB_SHA=b GITHUB_REF=refs/heads/main", `{"schedule":"0 3 * * *",` + repository + `}`, "", "b"},
		{"dispatch", "GITHUB_EVENT_NAME=workflow_dispatch GITHUB_SHA=b GITHUB_REF=refs/heads/dev", `{"inputs":{},"ref":"refs/heads/dev",` + repository + `}`, "", "refs/remotes/origin/main"},
		{"release", "GITHUB_EVENT_NAME=release GITHUB_SHA=b GITHUB_REF=refs/tags/v1", `{"action":"published",` + repository + `}`, "", "refs/remotes/origin/main"},
		{"event without a name", "GITHUB_SHA=c", `{}`, zeroID + "..c", ""},

		{"GitLab, merge request", "CI_PIPELINE_SOURCE=merge_request_event CI_MERGE_REQUEST_DIFF_BASE_SHA=a CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main CI_COMMIT_BEFORE_SHA=" + zeroID + " CI_COMMIT_SHA=b", "",
			"a...b", "refs/remotes/origin/main a"},
		{"GitLab, merged result", "CI_MERGE_REQUEST_DIFF_BASE_SHA=a CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=s CI_COMMIT_SHA=m", "", "a...s", "refs/remotes/origin/main a"},
		{"GitLab, push", "CI_PIPELINE_SOURCE=push CI_COMMIT_BEFORE_SHA=a CI_COMMIT_SHA=b CI_COMMIT_BRANCH=main CI_DEFAULT_BRANCH=main", "", "a..b", "b"},
		{"GitLab, push to another branch", "CI_PIPELINE_SOURCE=push CI_COMMIT_BEFORE_SHA=" + zeroID + " CI_COMMIT_SHA=b CI_COMMIT_BRANCH=x CI_DEFAULT_BRANCH=main", "", zeroID + "..b", "refs/remotes/origin/main"},
		{"GitLab, tag", "CI_PIPELINE_SOURCE=push CI_COMMIT_BEFORE_SHA=" + zeroID + " CI_COMMIT_SHA=b CI_COMMIT_TAG=main CI_DEFAULT_BRANCH=main", "", zeroID + "..b", "refs/remotes/origin/main"},
		{"GitLab, schedule", "CI_PIPELINE_SOURCE=schedule CI_COMMIT_BEFORE_SHA=" + zeroID + " CI_COMMIT_SHA=b CI_COMMIT_BRANCH=main CI_DEFAULT_BRANCH=main", "", "", "b"},
		{"only a commit", "CI_COMMIT_SHA=b", "", zeroID + "..b", ""},

		{"Bitbucket, pull request", "BITBUCKET_PR_DESTINATION_COMMIT=a BITBUCKET_PR_DESTINATION_BRANCH=main BITBUCKET_COMMIT=b", "", "a...b", "refs/remotes/origin/main a"},
		{"Bitbucket, push", "BITBUCKET_COMMIT=b", "", zeroID + "..b", ""},
		{"Azure, pull request", "SYSTEM_PULLREQUEST_TARGETBRANCH=refs/heads/main SYSTEM_PULLREQUEST_SOURCECOMMITID=s BUILD_REASON=PullRequest BUILD_SOURCEVERSION=m", "",
			"refs/remotes/origin/main...s", "refs/remotes/origin/main"},
		{"Azure, push", "BUILD_REASON=IndividualCI BUILD_SOURCEVERSION=b", "", zeroID + "..b", ""},
		{"Azure, schedule", "BUILD_REASON=Schedule BUILD_SOURCEVERSION=b", "", "", ""},
		{"Jenkins, change request", "CHANGE_TARGET=main GIT_COMMIT=b GIT_PREVIOUS_COMMIT=p", "", "refs/remotes/origin/main...b", "refs/remotes/origin/main"},
		{"Jenkins, push", "GIT_PREVIOUS_COMMIT=a GIT_COMMIT=b BRANCH_IS_PRIMARY=true", "", "a..b", "b"},
		{"Jenkins, first build", "JENKINS_URL=https://ci.example.org GIT_COMMIT=b", "", zeroID + "..b", ""},
		{"Buildkite, pull request", "BUILDKITE_PULL_REQUEST_BASE_BRANCH=main BUILDKITE_COMMIT=b", "", "refs/remotes/origin/main...b", "refs/remotes/origin/main"},
		{"Buildkite, push", "BUILDKITE_COMMIT=b BUILDKITE_BRANCH=main BUILDKITE_PIPELINE_DEFAULT_BRANCH=main", "", zeroID + "..b", "b"},
		{"Drone, pull request", "DRONE_BUILD_EVENT=pull_request DRONE_TARGET_BRANCH=main DRONE_COMMIT_BEFORE=a DRONE_COMMIT_AFTER=b", "", "a...b", "refs/remotes/origin/main a"},
		{"Drone, push", "DRONE_COMMIT_BEFORE=a DRONE_COMMIT_AFTER=b DRONE_BRANCH=main DRONE_REPO_BRANCH=main", "", "a..b", "b"},
		{"Woodpecker, pull request", "CI_COMMIT_TARGET_BRANCH=main CI_COMMIT_SHA=b CI_PREV_COMMIT_SHA=a", "", "refs/remotes/origin/main...b", "refs/remotes/origin/main"},
		{"Woodpecker, push", "CI_PREV_COMMIT_SHA=a CI_COMMIT_SHA=b CI_COMMIT_BRANCH=x CI_REPO_DEFAULT_BRANCH=main", "", "a..b", "refs/remotes/origin/main"},
		{"Travis, pull request", "TRAVIS_COMMIT_RANGE=a...b TRAVIS_PULL_REQUEST=7 TRAVIS_BRANCH=main", "", "a...b", "refs/remotes/origin/main"},
		{"Travis, push", "TRAVIS_COMMIT_RANGE=a...b TRAVIS_PULL_REQUEST=false TRAVIS_BRANCH=main", "", "a...b", ""},
	}
	for _, tt := range tests {
		env := variables(tt.env)
		if tt.event != "" {
			env["GITHUB_ACTIONS"], env["GITHUB_EVENT_PATH"] = "true", eventFile(t, tt.event)
		}
		got, err := ReadOccasion(lookup(env))
		if err != nil || got.Range != tt.want || !slices.Equal(got.Policy, strings.Fields(tt.policy)) {
			t.Errorf("%s: range %q, policy %q, %v; want %q and %q", tt.name, got.Range, got.Policy, err, tt.want, tt.policy)
		}
	}
}

func TestReadOccasionErrors(t *testing.T) {
	for _, tt := range []struct{ env, event, want string }{
		{"", "", "none of the variables is set"},
		{"GITHUB_ACTIONS=true GITHUB_EVENT_PATH=" + filepath.Join(t.TempDir(), "none"), "", "reading what GITHUB_EVENT_PATH names"},
		{"GITHUB_ACTIONS=true", "{", "reading what GITHUB_EVENT_PATH names"},
	} {
		env := variables(tt.env)
		if tt.event != "" {
			env["GITHUB_EVENT_PATH"] = eventFile(t, tt.event)
		}
		if _, err := ReadOccasion(lookup(env)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v: got %v, want %q", env, err, tt.want)
		}
	}
	if _, err := ReadOccasion(nil); err == nil {
		t.Error("no error without an environment")
	}
}

// TestAutomaticRange runs an audit for each event, with the ids of a real
// repository.
func TestAutomaticRange(t *testing.T) {
	r := newGitRepo(t)
	r.Write("a.txt", r.token())
	r.Commit("one")
	first := r.Git("rev-parse", "HEAD")
	r.Git("update-ref", "refs/remotes/origin/main", "HEAD")
	r.Git("checkout", "-q", "-b", "change")
	r.Write("b.txt", r.token())
	r.Commit("two")
	second := r.Git("rev-parse", "HEAD")
	for _, tt := range []struct {
		name, event string
		want        int
	}{
		{"pull_request", `{"pull_request":{"base":{"sha":"` + first + `"},"head":{"sha":"` + second + `"}}}`, 1},
		{"push", `{"ref":"refs/heads/change","before":"` + first + `","after":"` + second + `"}`, 1},
		{"push", `{"ref":"refs/heads/change","before":"` + zeroID + `","after":"` + second + `"}`, 1},
		{"push", `{"ref":"refs/heads/change","forced":true,"before":"` + second + `","after":"` + first + `"}`, 0},
		{"push", `{"ref":"refs/heads/change","before":"` + first + `","after":"` + zeroID + `"}`, 0},
		{"merge_group", `{"merge_group":{"base_sha":"` + first + `","head_sha":"` + second + `"}}`, 1},
		{"schedule", `{"schedule":"0 3 * * *"}`, 2},
		{"workflow_dispatch", `{}`, 2},
	} {
		env := map[string]string{"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": tt.name, "GITHUB_EVENT_PATH": eventFile(t, tt.event)}
		a := r.open(Options{Range: "auto"})
		a.opts.Env = lookup(env)
		if res := collect(t, a, scan.New(a.opts.Rules, scan.Options{})).complete(t); len(res.findings) != tt.want {
			t.Errorf("%s %s: %d findings, want %d", tt.name, tt.event, len(res.findings), tt.want)
		}
	}
}

func eventFile(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "event.json")
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return name
}

// variables reads NAME=VALUE pairs.
func variables(text string) map[string]string {
	env := map[string]string{}
	for _, pair := range strings.Fields(text) {
		name, value, _ := strings.Cut(pair, "=")
		env[name] = value
	}
	return env
}

func lookup(env map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := env[name]; return v, ok }
}
