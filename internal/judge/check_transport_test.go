package judge

func checkTransportCases() []checkCase {
	signed := func(query string) string {
		return "see https://files.shop.io/report.csv?" + query + "&Signature=\x03\x01abcdefghij\x02\x04 there"
	}
	return []checkCase{
		{check: "plain-http", name: "public host", text: "curl \x03\x01http://api.shop.io\x02\x04/v1", want: Unchecked, reason: "public host", identity: []string{"host=api.shop.io"}},
		{check: "plain-http", name: "public address", text: "http://8.8.4.4", want: Unchecked},
		{check: "plain-http", name: "the machine itself", text: "http://localhost", want: Failed, reason: "the machine itself"},
		{check: "plain-http", name: "loopback address", text: "http://127.9.8.7", want: Failed, reason: "private"},
		{check: "plain-http", name: "private address", text: "http://192.168.3.4", want: Failed, reason: "private"},
		{check: "plain-http", name: "link-local address", text: "http://169.254.169.254", want: Failed, reason: "private"},
		{check: "plain-http", name: "private name", text: "http://orders.shop.svc.cluster.local", want: Failed, reason: "private"},
		{check: "plain-http", name: "single label", text: "http://vault", want: Failed, reason: "its own network"},
		{check: "plain-http", name: "documentation", text: "http://api.example.com", want: Failed, reason: "an example"},
		{check: "plain-http", name: "placeholder", text: "http://your-host.shop.io", want: Failed, reason: "placeholder"},
		{check: "plain-http", name: "variable", text: "http://$host.shop.io", want: Failed, reason: "variable"},
		{check: "signed-url", name: "no expiry", text: signed("Key-Pair-Id=K1"), want: Unchecked, identity: []string{"host=files.shop.io"}},
		{check: "signed-url", name: "good for years", text: signed("Expires=4102444800"), want: Unchecked},
		{check: "signed-url", name: "expired", text: signed("Expires=1262304000"), want: Failed, reason: "expired 2010-01-01", lower: LowerToLow},
		{check: "signed-url", name: "Google, good", text: signed("X-Goog-Date=20260102T000000Z&X-Goog-Expires=86400"), want: Unchecked},
		{check: "signed-url", name: "Google, expired", text: signed("X-Goog-Date=20250102T000000Z&X-Goog-Expires=86400"), want: Failed, reason: "expired", lower: LowerToLow},
		{check: "signed-url", name: "Amazon, expired", text: signed("X-Amz-Date=20250102T000000Z&X-Amz-Expires=60"), want: Failed, reason: "expired", lower: LowerToLow},
		{check: "signed-url", name: "an expiry out of bounds", text: signed("X-Amz-Date=20250102T000000Z&X-Amz-Expires=999999999999"), want: Unchecked},
	}
}
