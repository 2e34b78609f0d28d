package history

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/keysift/keysift/internal/repo"
)

// zeroID stands for no commit, as in what CI systems tell of a new branch.
const zeroID = "0000000000000000000000000000000000000000"

// automaticRange returns what the CI system that runs us was started for, from
// its variables. A pull request is what it adds to where it left its target.
func automaticRange(env repo.Env) (string, error) {
	get := func(name string) string {
		if env == nil {
			return ""
		}
		v, _ := env(name)
		return v
	}
	join := func(a, dots, b string) (string, error) { return a + dots + b, nil }
	head := func(name string) string {
		if v := get(name); v != "" {
			return v
		}
		return "HEAD"
	}
	switch {
	case get("GITHUB_ACTIONS") != "" || get("GITHUB_EVENT_PATH") != "":
		return githubRange(get)
	case get("CI_MERGE_REQUEST_DIFF_BASE_SHA") != "": // GitLab
		return join(get("CI_MERGE_REQUEST_DIFF_BASE_SHA"), "..", head("CI_COMMIT_SHA"))
	case get("CI_COMMIT_BEFORE_SHA") != "":
		return join(get("CI_COMMIT_BEFORE_SHA"), "..", head("CI_COMMIT_SHA"))
	case get("BITBUCKET_PR_DESTINATION_COMMIT") != "":
		return join(get("BITBUCKET_PR_DESTINATION_COMMIT"), "...", head("BITBUCKET_COMMIT"))
	case get("SYSTEM_PULLREQUEST_TARGETBRANCH") != "": // Azure Pipelines
		return join("origin/"+strings.TrimPrefix(get("SYSTEM_PULLREQUEST_TARGETBRANCH"), "refs/heads/"), "...", head("BUILD_SOURCEVERSION"))
	case get("CHANGE_TARGET") != "": // Jenkins
		return join("origin/"+get("CHANGE_TARGET"), "...", head("GIT_COMMIT"))
	case get("GIT_PREVIOUS_COMMIT") != "":
		return join(get("GIT_PREVIOUS_COMMIT"), "..", head("GIT_COMMIT"))
	case get("BUILDKITE_PULL_REQUEST_BASE_BRANCH") != "":
		return join("origin/"+get("BUILDKITE_PULL_REQUEST_BASE_BRANCH"), "...", head("BUILDKITE_COMMIT"))
	case get("DRONE_COMMIT_BEFORE") != "":
		return join(get("DRONE_COMMIT_BEFORE"), "..", head("DRONE_COMMIT_AFTER"))
	case get("CI_PREV_COMMIT_SHA") != "": // Woodpecker
		return join(get("CI_PREV_COMMIT_SHA"), "..", head("CI_COMMIT_SHA"))
	case get("TRAVIS_COMMIT_RANGE") != "":
		return get("TRAVIS_COMMIT_RANGE"), nil
	case get("CI_COMMIT_SHA") != "":
		return join(zeroID, "..", get("CI_COMMIT_SHA"))
	}
	return "", fmt.Errorf("auto: none of the variables is set by which CI systems tell what a run is for")
}

// githubRange reads the event that started a workflow.
func githubRange(get func(string) string) (string, error) {
	head := get("GITHUB_SHA")
	if head == "" {
		head = "HEAD"
	}
	var event struct {
		Before string
		After  string
		Pull   *struct {
			Base, Head struct{ Sha string }
		} `json:"pull_request"`
		Group *struct {
			Base string `json:"base_sha"`
			Head string `json:"head_sha"`
		} `json:"merge_group"`
	}
	name := get("GITHUB_EVENT_PATH")
	data, err := os.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(data, &event)
	}
	switch {
	case err == nil && event.Pull != nil && event.Pull.Base.Sha != "" && event.Pull.Head.Sha != "":
		return event.Pull.Base.Sha + "..." + event.Pull.Head.Sha, nil
	case err == nil && event.Group != nil && event.Group.Base != "":
		return event.Group.Base + ".." + event.Group.Head, nil
	case err == nil && event.Before != "" && event.After != "":
		return event.Before + ".." + event.After, nil
	case get("GITHUB_BASE_REF") != "":
		return "origin/" + get("GITHUB_BASE_REF") + "..." + head, nil
	case err != nil:
		return "", fmt.Errorf("auto: reading what GITHUB_EVENT_PATH names: %w", err)
	}
	return zeroID + ".." + head, nil
}
