package fixhard

func h(os int) {
	bindPassword := "$WORD" // want `in bindPassword`
	use(bindPassword)
}
