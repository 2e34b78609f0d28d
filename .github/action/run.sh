#!/usr/bin/env bash
# What action.yml does: get the program, fetch what the event needs of the
# history, look at it, and hand over the reports. keysift itself finds out from
# the event what to look at and whose policy counts, and fetches nothing.
set -euo pipefail

work=$(mktemp -d "${RUNNER_TEMP:-${TMPDIR:-/tmp}}/keysift.XXXXXX")
zero=0000000000000000000000000000000000000000
token=keysift-$RANDOM-${work##*.}

# command_line writes a workflow command with a text of our own or of the user's.
command_line() {
	local text=${2//'%'/%25}
	text=${text//$'\r'/%0D}
	printf '::%s title=keysift::%s\n' "$1" "${text//$'\n'/%0A}"
}

# finish sets the outputs and ends the step: findings, status, SARIF file.
finish() {
	printf '%s\n' "findings=$1" "exit-code=$2" "sarif=$3" >>"${GITHUB_OUTPUT:-/dev/null}"
	case $2 in
	0) exit 0 ;;
	2 | 130) exit "$2" ;;
	esac
	[ "$INPUT_FAIL" != false ] || exit 0
	exit "$2"
}

# refuse ends the step where nothing was looked at.
refuse() {
	command_line error "$1"
	finish '' 2 ''
}

# muted passes on what others have written, where file names and messages must
# not be taken for workflow commands.
muted() {
	printf '::stop-commands::%s\n' "$token"
	cat "$@"
	printf '\n::%s::\n' "$token"
}

# quoted shows the end of another program's output.
quoted() { tail -n 20 "$1" | muted; }

# build makes the program from the action's own checkout. What the job has set
# for builds of its own does not count.
build() {
	program=$work/keysift$exe
	command -v go >/dev/null ||
		refuse 'there is no Go on this runner; install it, or name a release: version: 1.2.3'
	(
		cd "$ACTION_PATH"
		env GOFLAGS= GOWORK=off GOTOOLCHAIN=auto GOOS= GOARCH= CGO_ENABLED=0 \
			go build -trimpath -buildvcs=false -o "$program" ./cmd/keysift
	) >"$work/build.log" 2>&1 || {
		quoted "$work/build.log"
		refuse "building keysift from $ACTION_PATH failed; it needs Go 1.21 or later, which fetches the version it needs, or name a release: version: 1.2.3"
	}
}

# download gets a release and compares it with the checksums of that release.
download() {
	local pattern='^v?([0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?)$' number os arch name url
	[[ $INPUT_VERSION =~ $pattern ]] || refuse "version: \"$INPUT_VERSION\" is no release; write it as 1.2.3"
	number=${BASH_REMATCH[1]}
	case ${RUNNER_OS:-$(uname -s)} in
	Linux) os=linux ;;
	macOS | Darwin) os=darwin ;;
	Windows | MINGW* | MSYS*) os=windows ;;
	*) refuse "there is no release for ${RUNNER_OS:-this system}; leave version out to build it" ;;
	esac
	case ${RUNNER_ARCH:-$(uname -m)} in
	X64 | x86_64) arch=amd64 ;;
	ARM64 | arm64 | aarch64) arch=arm64 ;;
	*) refuse "there is no release for ${RUNNER_ARCH:-this processor}; leave version out to build it" ;;
	esac
	name=keysift_${number}_${os}_$arch.tar.gz
	url=${INPUT_DOWNLOAD_URL%/}/v$number
	get "$url/checksums.txt" checksums.txt
	get "$url/$name" "$name"
	verify "$name"
	(cd "$work" && tar -xzf "$name" "keysift$exe") || refuse "$name holds no keysift$exe"
	program=$work/keysift$exe
}

# get downloads a file by the protocol of its address and no other one.
get() {
	local protocol="=${1%%:*}"
	(cd "$work" && curl --fail --silent --show-error --location --retry 2 --max-time 300 \
		--proto "$protocol" --proto-redir "$protocol" --output "$2" -- "$1") 2>"$work/curl.log" || {
		quoted "$work/curl.log"
		refuse "downloading $1 failed"
	}
}

verify() {
	local want got
	want=$(awk -v name="$1" '$2 == name || $2 == "*" name { print tolower($1) }' "$work/checksums.txt")
	[[ $want =~ ^[0-9a-f]{64}$ ]] || refuse "checksums.txt of the release has no checksum of $1"
	if command -v sha256sum >/dev/null; then
		got=$(sha256sum <"$work/$1")
	else
		got=$(shasum -a 256 <"$work/$1")
	fi
	[ "${got%% *}" = "$want" ] || refuse "$1 is not what its release says it is: its checksum is ${got%% *}, want $want"
}

# repository runs git in the checkout, without hooks and without asking, and
# also where the checkout belongs to another user, as in a container.
repository() {
	GIT_TERMINAL_PROMPT=0 git -C "$dir" -c safe.directory='*' -c core.hooksPath=/dev/null -c core.fsmonitor=false "$@"
}

has() { repository cat-file -e "$1^{commit}" 2>/dev/null; }
is_shallow() { [ "$(repository rev-parse --is-shallow-repository 2>/dev/null)" = true ]; }
is_id() { [[ $1 =~ ^[0-9a-f]{40}([0-9a-f]{24})?$ && ! $1 =~ ^0+$ ]]; }

# fetch gets something from the remote. If that cannot be, keysift says what
# is absent.
fetch() {
	repository fetch --quiet --no-recurse-submodules "$@" 2>"$work/fetch.log" || {
		quoted "$work/fetch.log"
		return 1
	}
}

# fetch_tip gets one commit or branch: of a shallow clone no more than that, to
# which it is then deepened as far as is needed.
fetch_tip() {
	if is_shallow; then
		fetch --no-tags --depth=1 origin "$1"
	else
		fetch --no-tags origin "$1"
	fi
}

# fetch_branch gets the branch whose policy counts, as it is now: what was
# allowed there after the event counts when a job is run again.
fetch_branch() {
	local ref=refs/remotes/origin/$1
	repository check-ref-format "refs/heads/$1" || return 0
	if repository rev-parse --quiet --verify "$ref" >/dev/null 2>&1; then
		fetch --no-tags origin "+refs/heads/$1:$ref" || return 0
	else
		fetch_tip "+refs/heads/$1:$ref" || return 0
	fi
}

# all_here tells whether no commit of base..head is at the boundary of a shallow
# clone. Without a base head's whole history has to be here.
all_here() {
	is_shallow || return 0
	[ -n "$base" ] || return 1
	repository merge-base "$base" "$head" >/dev/null 2>&1 || return 1
	local boundary
	boundary=$(repository rev-parse --git-path shallow)
	case $boundary in
	/* | ?:*) ;;
	*) boundary=$dir/$boundary ;;
	esac
	[ -z "$(repository rev-list "$base..$head" | grep -xFf "$boundary" || true)" ]
}

deepen() {
	local step
	for step in 50 250 1000 5000; do
		! all_here || return 0
		[ -n "$base" ] || break
		fetch --no-tags --deepen="$step" origin "$head" "$base" || return 0
	done
	all_here || fetch --no-tags --unshallow origin || return 0
}

# fetch_history gets what the event needs. range changes only where a push has
# replaced commits that the remote does not have any more.
fetch_history() {
	base='' head=$EVENT_HEAD
	repository remote get-url origin >/dev/null 2>&1 || return 0
	if [ "$range" != auto ]; then
		! is_shallow || fetch --unshallow origin || true
		return 0
	fi
	local own=
	[ "${GITHUB_REF-}" != "refs/heads/$EVENT_BRANCH" ] || own=yes
	case ${GITHUB_EVENT_NAME-} in
	pull_request | pull_request_target | pull_request_review | merge_group | push) ;;
	*)
		is_shallow && set -- --unshallow
		fetch --tags "$@" origin '+refs/heads/*:refs/remotes/origin/*' || true
		return 0
		;;
	esac
	[ -n "$own" ] || [ -z "$EVENT_BRANCH" ] || fetch_branch "$EVENT_BRANCH"
	is_id "$head" || return 0 # a branch or tag was removed
	has "$head" || fetch_tip "$head" || return 0
	if is_id "$EVENT_BASE"; then
		base=$EVENT_BASE
		if ! has "$base" && ! fetch_tip "$base"; then
			[ "${GITHUB_EVENT_NAME-}" = push ] || return 0
			command_line notice "the remote no longer has $base, which this push replaced: looking at what no other branch or tag has"
			base='' range=$zero..$head
		fi
	fi
	if [ -z "$base" ] && [ -z "$own" ] && has "refs/remotes/origin/$EVENT_BRANCH"; then
		base=$(repository rev-parse "refs/remotes/origin/$EVENT_BRANCH") # a new branch or a tag
	fi
	deepen
}

exe=
[ "${RUNNER_OS-}" != Windows ] || exe=.exe
case $INPUT_PATH in
/* | ?:*) dir=$INPUT_PATH ;;
*) dir=./$INPUT_PATH ;;
esac
case $INPUT_SARIF in
*$'\n'*) refuse 'sarif: the name of a file has one line' ;;
esac
range=$INPUT_RANGE
sarif=${INPUT_SARIF:-$work/keysift.sarif}

if [ -n "$INPUT_VERSION" ]; then
	download
else
	build
fi
[ "$INPUT_FETCH" = false ] || fetch_history

set -- --color never --progress never --output "jsonl=$work/run.jsonl" --output "sarif=$sarif"
[ "$INPUT_ANNOTATIONS" = false ] || set -- "$@" --format github
[ "$INPUT_SUMMARY" = false ] || set -- "$@" --output "markdown=$work/summary.md"
[ -z "$range" ] || set -- "$@" --range "$range"
[ -z "$INPUT_POLICY_FROM" ] || set -- "$@" --policy-from "$INPUT_POLICY_FROM"
while IFS= read -r argument; do
	argument=${argument%$'\r'}
	[ -z "$argument" ] || set -- "$@" "$argument"
done <<<"$INPUT_ARGS"

code=0
"$program" history "$@" -- "$dir" >"$work/out" 2>"$work/log" || code=$?
if [ "$INPUT_ANNOTATIONS" = false ]; then
	muted "$work/out" "$work/log"
else
	cat "$work/out" # workflow commands, with all names escaped
	muted "$work/log"
fi
findings=
if [ -s "$work/run.jsonl" ]; then
	# No string of the line can hold what looks like a key: its quotes are escaped.
	findings=$(tail -n 1 "$work/run.jsonl" | sed -n 's/^{"type":"summary".*,"findings":\([0-9]*\),.*/\1/p')
fi
if [ -s "$work/summary.md" ] && [ -n "${GITHUB_STEP_SUMMARY-}" ]; then
	cat "$work/summary.md" >>"$GITHUB_STEP_SUMMARY"
fi
[ -s "$sarif" ] || sarif=
if [ -z "$findings" ]; then
	command_line error "keysift ended with status $code before it had a report; the log says why"
fi
finish "$findings" "$code" "$sarif"
