package canonical

// refused holds addresses that are no item, with the code that says why.
var refused = []struct{ address, code string }{
	{"mailto:somebody@example.org", codeNotWeb}, {"ftp://example.org/file", codeNotWeb}, {"javascript:alert(1)", codeNotWeb}, {"file:///etc/passwd", codeNotWeb},
	{"git://github.com/golang/go", codeNotWeb}, {"tel:+44123", codeNotWeb}, {"data:text/html,x", codeNotWeb}, {"chrome://settings", codeNotWeb}, {"tel:112", codeNotWeb}, {"somebody@example.org", codeNotWeb},

	{"", codeMalformed}, {"   ", codeMalformed}, {"hello", codeMalformed}, {"hello world", codeMalformed}, {"https://", codeMalformed}, {"https://exa mple.org/", codeMalformed}, {"http://github.com:mflatt/racket", codeMalformed},
	{"https://example.org:99999/", codeMalformed}, {"https://[::1/", codeMalformed}, {"https://.../", codeMalformed}, {"https://a..b.example/", codeMalformed},

	{"http://localhost/", codePrivateHost}, {"localhost:8080/x", codePrivateHost}, {"localhost", codePrivateHost}, {"intranet/page", codePrivateHost}, {"intranet:8080", codePrivateHost}, {"http://LOCALHOST.:80/", codePrivateHost}, {"http://app.localhost/", codePrivateHost}, {"http://intranet/page", codePrivateHost},
	{"http://printer.local/", codePrivateHost}, {"https://wiki.corp/x", codePrivateHost}, {"https://db.internal/", codePrivateHost}, {"http://nas.lan/", codePrivateHost}, {"http://box.home.arpa/", codePrivateHost},
	{"http://home.arpa/", codePrivateHost}, {"http://127.0.0.1/", codePrivateHost}, {"http://127.1/", codePrivateHost}, {"http://2130706433/", codePrivateHost}, {"http://0x7f000001/", codePrivateHost}, {"http://0177.0.0.1/", codePrivateHost},
	{"http://10.1.2.3/", codePrivateHost}, {"http://172.16.0.1/", codePrivateHost}, {"http://192.168.1.1/admin", codePrivateHost}, {"http://169.254.169.254/latest/meta-data", codePrivateHost}, {"http://100.64.0.1/", codePrivateHost},
	{"http://0.0.0.0/", codePrivateHost}, {"http://[::1]/", codePrivateHost}, {"http://[::ffff:127.0.0.1]/", codePrivateHost}, {"http://[::ffff:7f00:1]/", codePrivateHost}, {"http://[fe80::1]/", codePrivateHost}, {"http://[fd00::1]/", codePrivateHost},
	{"http://[64:ff9b::a00:1]/", codePrivateHost}, {"http://[2002:c0a8:101::]/", codePrivateHost}, {"http://[::]/", codePrivateHost}, {"https://www.google.com/url?q=http%3A%2F%2F127.0.0.1%2F", codePrivateHost}, {"http://１２７.0.0.1/", codePrivateHost},

	{"https://user:pass@example.org/", codeSecret}, {"https://token@example.org/", codeSecret},
	{"https://b.s3.amazonaws.com/f.pdf?X-Amz-Algorithm=AWS4&X-Amz-Expires=60&X-Amz-Signature=abcdef", codeSecret}, {"https://b.s3.amazonaws.com/f.pdf?AWSAccessKeyId=AKIA&Expires=1&Signature=abc%3D", codeSecret},
	{"https://storage.googleapis.com/b/o?X-Goog-Signature=abc", codeSecret}, {"https://acct.blob.core.windows.net/c/f?sv=2020&se=2024&sig=abc", codeSecret}, {"https://d1.cloudfront.net/f?Policy=x&Signature=y&Key-Pair-Id=z", codeSecret},
	{"https://org.sharepoint.com/:w:/s/team/Eabc", codeSecret}, {"https://org-my.sharepoint.com/:x:/g/personal/a_b/Eabc?e=4%3aabc", codeSecret}, {"https://org.sharepoint.com/sites/a/doc.aspx?e=abc", codeSecret}, {"https://1drv.ms/w/s!Abc", codeSecret},
	{"https://onedrive.live.com/?authkey=%21A&id=1", codeSecret}, {"https://www.dropbox.com/s/abc/file.pdf?dl=0", codeSecret}, {"https://www.dropbox.com/scl/fi/abc/f.pdf?rlkey=x", codeSecret}, {"https://dl.dropboxusercontent.com/s/abc/f", codeSecret},
	{"https://drive.google.com/file/d/1AbCdEfGhIjKl/view?resourcekey=0-abc", codeSecret}, {"https://photos.app.goo.gl/abc", codeSecret}, {"https://app.box.com/s/abcdef", codeSecret}, {"https://we.tl/t-abc", codeSecret}, {"https://wetransfer.com/downloads/abc/def", codeSecret},
	{"https://files.slack.com/files-pri/T1-F1/x.png", codeSecret}, {"https://team.slack.com/files/U1/F1/x.png", codeSecret}, {"https://hooks.slack.com/services/T1/B1/x", codeSecret}, {"https://org.webhook.office.com/webhookb2/x", codeSecret}, {"https://discord.com/api/webhooks/1/x", codeSecret},
	{"https://org.zoom.us/j/123?pwd=abc", codeSecret}, {"https://teams.microsoft.com/l/meetup-join/19%3ameeting_x/0", codeSecret}, {"https://teams.live.com/meet/9?p=x", codeSecret}, {"https://join.slack.com/t/team/shared_invite/zt-abc", codeSecret}, {"https://chat.whatsapp.com/AbC", codeSecret},
	{"https://example.org/x?access_token=abc", codeSecret}, {"https://example.org/x?token=abc", codeSecret}, {"https://example.org/x?api_key=abc", codeSecret}, {"https://example.org/x?apiKey=abc", codeSecret}, {"https://example.org/x?password=abc", codeSecret},
	{"https://example.org/x?user=a&amp;password=abc", codeSecret}, {"https://example.org/x?reset_password_token=abc", codeSecret}, {"https://example.org/x?acc%65ss_token=abc", codeSecret}, {"https://example.org/x#access_token=abc&expires_in=1", codeSecret}, {"https://example.org/#/login?token=abc", codeSecret},
	{"https://example.org/x?s=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcDEF", codeSecret}, {"https://example.org/in/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcDEF", codeSecret}, {"https://example.org/x?k=xoxb-1234567890-abc", codeSecret}, {"https://maps.example.org/?key=AIzaSyA1234567890abcdefghijklmnopqrstuv", codeSecret},
	{"https://example.org/reset-password/0a1b2c3d4e5f60718293a4b5", codeSecret}, {"https://example.org/password/reset/0f8fad5b-d9cb-469f-a165-70867728950e", codeSecret}, {"https://example.org/magic-link?k=0a1b2c3d4e5f60718293a4b5", codeSecret}, {"https://example.org/oauth/callback?code=1&state=2", codeSecret},
	{"https://onetimesecret.com/secret/abc", codeSecret}, {"https://privnote.com/abc#key", codeSecret}, {"https://pwpush.com/p/abc", codeSecret}, {"https://vault.bitwarden.com/#/send/abc/def", codeSecret}, {"https://mega.nz/#!abc!def", codeSecret}, {"https://mega.nz/file/abc#def", codeSecret},
	{"https://example.org/go?next=https%3A%2F%2Fx.example%2F%3Faccess_token%3Dabc", codeSecret}, {"https://eur02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.dropbox.com%2Fs%2Fabc%2Ff", codeSecret}, {"https://calendar.google.com/calendar/ical/a%40b/private-0123/basic.ics", codeSecret},
}

// kept holds addresses that resemble refused ones and carry no secret.
var kept = []string{
	"https://example.org/docs/password-reset", "https://example.org/blog/how-to-reset-password", "https://example.org/docs?pageToken=abc", "https://example.org/x?token=", "https://docs.racket-lang.org/rebellion/Generative_Tokens.html",
	"https://www.dropbox.com/features", "https://slack.com/help/articles/1", "https://zoom.us/pricing", "https://mega.nz/", "https://example.org/x?design=1&sign=2", "https://1.1.1.1/", "https://intranet.council.example/page",
	"https://corp.example/x", "https://local.example/x", "https://example.org/npm_registry-authentication-and-everything-around-it", "https://example.org/a?b=eyJ", "https://www.google.com/maps/place/x", "https://docs.google.com/document/d/1AbCdEfGhIjKlMnOp/edit",
	"https://example.org/@user", "https://example.org/a:b@c", "https://org.sharepoint.com/sites/team/SitePages/Home.aspx", "https://github.com/login/oauth", "https://www.youtube.com/watch?v=dQw4w9WgXcQ", "https://discord.com/invite/golang", "https://172.15.0.1/", "https://100.128.0.1/",
}
