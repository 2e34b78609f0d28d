package history

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/keysift/keysift/internal/repo"
)

// zeroID stands for no commit, as in what CI systems tell of a new branch.
const zeroID = "0000000000000000000000000000000000000000"

// An Occasion is what a CI system was started for.
type Occasion struct {
	// Range is what came in, as A..B or A...B; empty if the run is not about a
	// change, so that all of the history is to be looked at.
	Range string
	// Policy names the revision that decides what counts, by its best name
	// first. It is never the change itself, unless that is what the default
	// branch now holds. Empty if the CI system does not say enough to tell.
	Policy []string
}

var errNoOccasion = errors.New("auto: none of the variables is set by which CI systems tell what a run is for")

// ReadOccasion returns what the CI system that runs us was started for, from its
// variables and the files they name.
func ReadOccasion(env repo.Env) (Occasion, error) {
	get := func(name string) string {
		if env == nil {
			return ""
		}
		v, _ := env(name)
		return v
	}
	if get("GITHUB_ACTIONS") != "" || get("GITHUB_EVENT_PATH") != "" {
		return onGitHub(get)
	}
	for _, system := range []func(func(string) string) Occasion{
		onGitLab, onBitbucket, onAzure, onJenkins, onBuildkite, onDrone, onWoodpecker, onTravis,
	} {
		if o := system(get); o.Range != "" || len(o.Policy) > 0 {
			if o.Range == wholeHistory {
				o.Range = ""
			}
			return o, nil
		}
	}
	return Occasion{}, errNoOccasion
}

// automaticRange returns the range of what the CI system was started for.
func automaticRange(env repo.Env) (string, error) {
	o, err := ReadOccasion(env)
	return o.Range, err
}

// wholeHistory stands for no range where an empty one means no CI system.
const wholeHistory = "*"

// ofRequest is the occasion of a request to merge head into a branch. base is
// where the two part, empty if the CI system does not say.
func ofRequest(branch, base, head string) Occasion {
	target := remoteBranch(branch)
	o := Occasion{Range: cmp.Or(base, target) + "..." + cmp.Or(head, "HEAD")}
	for _, name := range []string{target, base} {
		if name != "" {
			o.Policy = append(o.Policy, name)
		}
	}
	return o
}

// ofPush is the occasion of a push that took a branch or tag from before to
// after. An empty before is that of a new branch.
func ofPush(before, after string, policy []string) Occasion {
	return Occasion{Range: cmp.Or(before, zeroID) + ".." + cmp.Or(after, "HEAD"), Policy: policy}
}

// policyOf returns whose policy counts for a commit on a branch or tag: on the
// default branch its own, since somebody has let it in; elsewhere that of the
// default branch.
func policyOf(ref, defaultBranch, commit string) []string {
	switch {
	case defaultBranch == "":
		return nil
	case ref != "" && strings.TrimPrefix(ref, "refs/heads/") == strings.TrimPrefix(defaultBranch, "refs/heads/"):
		return []string{cmp.Or(commit, "HEAD")}
	}
	return []string{remoteBranch(defaultBranch)}
}

// remoteBranch returns the ref by which a clone knows a branch of its origin.
func remoteBranch(name string) string {
	if name == "" {
		return ""
	}
	return "refs/remotes/origin/" + strings.TrimPrefix(name, "refs/heads/")
}

// A githubEvent is what started a workflow, as the file says that
// GITHUB_EVENT_PATH names.
type githubEvent struct {
	Ref, Before, After string
	Repository         struct {
		Default string `json:"default_branch"`
	}
	Pull *struct {
		Base, Head struct{ Ref, Sha string }
	} `json:"pull_request"`
	Group *struct {
		Base string `json:"base_sha"`
		Head string `json:"head_sha"`
	} `json:"merge_group"`
}

// onGitHub reads the event that started a workflow. A request is judged by its
// own head also where the checkout is another commit: the merge that GitHub
// makes of it, or the target for pull_request_target.
func onGitHub(get func(string) string) (Occasion, error) {
	var event githubEvent
	data, err := os.ReadFile(get("GITHUB_EVENT_PATH"))
	if err == nil {
		err = json.Unmarshal(data, &event)
	}
	name, head, target := get("GITHUB_EVENT_NAME"), get("GITHUB_SHA"), get("GITHUB_BASE_REF")
	switch {
	case err == nil && event.Pull != nil && event.Pull.Base.Sha != "" && event.Pull.Head.Sha != "":
		return ofRequest(cmp.Or(event.Pull.Base.Ref, target), event.Pull.Base.Sha, event.Pull.Head.Sha), nil
	case err == nil && event.Group != nil && event.Group.Base != "":
		return Occasion{
			Range:  event.Group.Base + ".." + cmp.Or(event.Group.Head, head, "HEAD"),
			Policy: []string{event.Group.Base},
		}, nil
	case target != "":
		return ofRequest(target, "", head), nil
	case err != nil:
		return Occasion{}, fmt.Errorf("auto: reading what GITHUB_EVENT_PATH names: %w", err)
	}
	after := cmp.Or(event.After, head)
	policy := policyOf(cmp.Or(event.Ref, get("GITHUB_REF")), event.Repository.Default, after)
	if name != "" && name != "push" { // a schedule, a dispatch, a release: nothing came in
		return Occasion{Policy: policy}, nil
	}
	return ofPush(event.Before, after, policy), nil
}

func onGitLab(get func(string) string) Occasion {
	head := get("CI_COMMIT_SHA")
	policy := policyOf(get("CI_COMMIT_BRANCH"), get("CI_DEFAULT_BRANCH"), head)
	source := get("CI_PIPELINE_SOURCE")
	switch {
	case get("CI_MERGE_REQUEST_DIFF_BASE_SHA") != "":
		// In a pipeline of the merged result CI_COMMIT_SHA is that merge.
		o := ofRequest(get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME"), get("CI_MERGE_REQUEST_DIFF_BASE_SHA"),
			cmp.Or(get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"), head))
		return o
	case slices.Contains([]string{"schedule", "web", "api", "trigger", "pipeline", "chat"}, source):
		return Occasion{Range: wholeHistory, Policy: policy}
	case get("CI_COMMIT_BEFORE_SHA") != "":
		return ofPush(get("CI_COMMIT_BEFORE_SHA"), head, policy)
	case head != "" && get("CI_PREV_COMMIT_SHA") == "" && get("CI_COMMIT_TARGET_BRANCH") == "":
		return ofPush("", head, policy)
	}
	return Occasion{}
}

func onBitbucket(get func(string) string) Occasion {
	head := get("BITBUCKET_COMMIT")
	if base := get("BITBUCKET_PR_DESTINATION_COMMIT"); base != "" {
		return ofRequest(get("BITBUCKET_PR_DESTINATION_BRANCH"), base, head)
	}
	if head == "" {
		return Occasion{}
	}
	return ofPush("", head, nil)
}

func onAzure(get func(string) string) Occasion {
	head := get("BUILD_SOURCEVERSION") // of a request, the merge of it
	if target := get("SYSTEM_PULLREQUEST_TARGETBRANCH"); target != "" {
		return ofRequest(target, "", cmp.Or(get("SYSTEM_PULLREQUEST_SOURCECOMMITID"), head))
	}
	switch reason := get("BUILD_REASON"); {
	case reason == "" || head == "":
		return Occasion{}
	case reason == "IndividualCI" || reason == "BatchedCI":
		return ofPush("", head, nil)
	}
	return Occasion{Range: wholeHistory}
}

func onJenkins(get func(string) string) Occasion {
	head := get("GIT_COMMIT")
	var policy []string
	if get("BRANCH_IS_PRIMARY") == "true" {
		policy = []string{cmp.Or(head, "HEAD")}
	}
	switch {
	case get("CHANGE_TARGET") != "":
		return ofRequest(get("CHANGE_TARGET"), "", head)
	case get("GIT_PREVIOUS_COMMIT") != "":
		return ofPush(get("GIT_PREVIOUS_COMMIT"), head, policy)
	case get("JENKINS_URL") != "" && head != "":
		return ofPush("", head, policy)
	}
	return Occasion{}
}

func onBuildkite(get func(string) string) Occasion {
	head := get("BUILDKITE_COMMIT")
	if target := get("BUILDKITE_PULL_REQUEST_BASE_BRANCH"); target != "" {
		return ofRequest(target, "", head)
	}
	if head == "" {
		return Occasion{}
	}
	return ofPush("", head, policyOf(get("BUILDKITE_BRANCH"), get("BUILDKITE_PIPELINE_DEFAULT_BRANCH"), head))
}

func onDrone(get func(string) string) Occasion {
	if get("DRONE_COMMIT_BEFORE") == "" {
		return Occasion{}
	}
	head := get("DRONE_COMMIT_AFTER")
	if target := get("DRONE_TARGET_BRANCH"); target != "" && get("DRONE_BUILD_EVENT") == "pull_request" {
		return ofRequest(target, get("DRONE_COMMIT_BEFORE"), head)
	}
	return ofPush(get("DRONE_COMMIT_BEFORE"), head, policyOf(get("DRONE_BRANCH"), get("DRONE_REPO_BRANCH"), head))
}

func onWoodpecker(get func(string) string) Occasion {
	head := get("CI_COMMIT_SHA")
	switch {
	case get("CI_COMMIT_TARGET_BRANCH") != "":
		return ofRequest(get("CI_COMMIT_TARGET_BRANCH"), "", head)
	case get("CI_PREV_COMMIT_SHA") != "":
		return ofPush(get("CI_PREV_COMMIT_SHA"), head, policyOf(get("CI_COMMIT_BRANCH"), get("CI_REPO_DEFAULT_BRANCH"), head))
	}
	return Occasion{}
}

func onTravis(get func(string) string) Occasion {
	o := Occasion{Range: get("TRAVIS_COMMIT_RANGE")}
	if number := get("TRAVIS_PULL_REQUEST"); o.Range != "" && number != "" && number != "false" {
		o.Policy = []string{remoteBranch(get("TRAVIS_BRANCH"))}
	}
	return o
}
