package dev.lockstep.tftp.page;

import static dev.lockstep.tftp.harness.Bytes.ack;
import static dev.lockstep.tftp.harness.Bytes.error;
import static dev.lockstep.tftp.harness.Bytes.pattern;
import static dev.lockstep.tftp.harness.Bytes.rrq;
import static dev.lockstep.tftp.harness.Bytes.wrq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Browser;
import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.harness.Tool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.Keys;

/** The live page of a real daemon in a real Chromium. */
class LivePageIT {
    private static final int VIEWERS = 16;
    /** More than the rows of a snapshot. */
    private static final int MANY = 60;

    private static final int BLKSIZE = 512;
    private static final int SIZE = 100 * BLKSIZE + 7;
    private static final String SCRIPT = "<img src=x onerror=\"document.title='x'\"><script>window.hacked=1</script>";
    private static final String TOKEN = "0123456789abcdef0123";
    private static final Pattern HTTP_PORT = Pattern.compile("HTTP port (\\d+)");
    private static final String RUNNING = "#running-table tbody tr";

    @TempDir
    private static Path root;

    private static Browser browser;
    private static Daemon daemon;
    private static String page;

    @BeforeEach
    void startOnce() throws IOException {
        if (browser != null) {
            browser.console();
            return;
        }
        browser = Browser.start("--host-resolver-rules=MAP 127.evil.test 127.0.0.1,MAP evil.test 127.0.0.1");
        Files.write(root.resolve("boot.img"), pattern(SIZE));
        Files.write(root.resolve("other.bin"), pattern(SIZE));
        Path rules = Files.writeString(root.resolve("rules.toml"), """
                [[rule]]
                name = "no keys"
                files = ["*.key"]
                action = "deny"

                [[rule]]
                name = "images"
                files = ["*.img"]
                """);
        daemon = Daemon.serving(root, "--config", rules.toString(), "--writable", "--http", "0");
        page = "http://127.0.0.1:" + httpPort(daemon) + "/";
    }

    @AfterAll
    static void stop() {
        if (daemon != null) {
            daemon.close();
        }
        if (browser != null) {
            browser.close();
        }
    }

    private static int httpPort(Daemon daemon) {
        daemon.awaitLine("the HTTP port", line -> HTTP_PORT.matcher(line).find());
        Matcher port = HTTP_PORT.matcher(daemon.printed());
        assertThat(port.find()).isTrue();
        return Integer.parseInt(port.group(1));
    }

    /** Opens the page and waits for its first numbers. */
    private static void openPage() {
        browser.view(1280, 1000, false).open(page);
        browser.await("the first numbers", "document.documentElement.dataset.shown > 0");
    }

    /** A download that has received some blocks and waits. */
    private static RawSocketPeer download(String file, int blocks) {
        RawSocketPeer client = new RawSocketPeer();
        client.ask(daemon.address(), rrq(file, "tsize", "0"));
        client.expectOack();
        client.send(ack(0));
        advance(client, 1, blocks);
        return client;
    }

    private static void advance(RawSocketPeer client, int from, int to) {
        for (int block = from; block <= to; block++) {
            while (client.next().number() != block) { // a busy machine retransmits
                continue;
            }
            client.send(ack(block));
        }
    }

    /** Returns a condition on the row of a file in a table. */
    private static String row(String table, String file, String condition) {
        return "[...document.querySelectorAll('#" + table + "-table tbody tr')].some(row => row.innerText.includes('"
                + file + "') && (" + condition + "))";
    }

    @Test
    void a_transfer_appears_moves_and_ends() {
        openPage();
        browser.await("an honest empty table", "document.querySelector('#running-empty').checkVisibility()");
        try (RawSocketPeer client = download("boot.img", 10)) {
            browser.await("a row with a tenth", row("running", "boot.img", "/9\\s%/.test(row.innerText)"));
            browser.await(
                    "its rule and blocks", row("running", "boot.img", "/512.×.1\\s[^]*images/.test(row.innerText)"));
            browser.run("window.row = document.querySelector('" + RUNNING + "')");
            advance(client, 11, 61);
            browser.await("progress in the same row", "window.row.isConnected && /60\\s%/.test(window.row.innerText)");
            browser.await("the width of the bar", "parseFloat(window.row.querySelector('.fill').style.width) > 60");
            browser.await("stalled", "window.row.innerText.includes('stalled')");
            advance(client, 62, 101);
        }
        browser.await("no row", "!window.row.isConnected && document.querySelectorAll('" + RUNNING + "').length === 0");
        browser.await("its end", row("recent", "boot.img", "row.innerText.includes('complete')"));
        browser.await("the client", "document.querySelector('#clients-table tbody').innerText.includes('127.0.0.1')");
        browser.await("the file", "document.querySelector('#files-table tbody').innerText.includes('boot.img')");
        browser.await("the sum", "/^[1-9]/.test(document.querySelector('[data-figure=total-sent] .value').innerText)");
        assertThat(browser.console()).isEmpty();
    }

    @Test
    void refusals_show_their_reason_first_and_the_form_explains_them() {
        openPage();
        try (RawSocketPeer client = new RawSocketPeer()) {
            client.ask(daemon.address(), rrq("server.key"));
            client.expectError(2);
            client.ask(daemon.address(), rrq("missing.img"));
            client.expectError(1);
            client.ask(daemon.address(), rrq("boot.img"));
            client.next();
            client.send(error(3, "disk full"));
        }
        browser.await("the rule", row("recent", "server.key", "/refused[^]*no keys[^]*denies it/.test(row.innerText)"));
        browser.await("the file", row("recent", "missing.img", "row.innerText.includes('" + root + "/missing.img')"));
        browser.await(
                "the failure first",
                "document.querySelector('#recent-table tbody tr').innerText.includes('peer sent ERROR 3 disk full')");
        browser.run("[...document.querySelectorAll('#recent-table tbody tr')].find(row =>"
                + " row.innerText.includes('server.key')).querySelector('button').click()");
        browser.await("the answer", "document.querySelector('#answer').innerText.startsWith('Refused not allowed')");
        assertThat(browser.focused().getAttribute("id")).isEqualTo("answer");
        browser.find("#explain [name=file]").clear();
        browser.find("#explain [name=file]").sendKeys("boot.img");
        browser.find("#explain [name=options]").sendKeys("blksize=1024 windowsize=4", Keys.ENTER);
        browser.await("another answer", "document.querySelector('#answer').innerText.startsWith('Granted')");
        assertThat(browser.text("document.querySelector('#answer').innerText"))
                .contains("rule 2 \"images\"", "option windowsize=4", SIZE + " bytes");
        browser.find("#explain [name=client]").clear();
        browser.find("#explain [name=client]").sendKeys("host.test", Keys.ENTER);
        browser.await(
                "an error", "document.querySelector('#answer').innerText.includes('host.test (expected: an address')");
        assertThat(browser.text("document.querySelector('#rules').innerText"))
                .contains("rule 1 \"no keys\"", "like *.key", "denied", "all else");
    }

    @Test
    void a_script_in_a_file_name_or_in_an_error_of_a_peer_stays_text() {
        openPage();
        try (RawSocketPeer client = new RawSocketPeer();
                RawSocketPeer upload = new RawSocketPeer()) {
            client.ask(daemon.address(), rrq(SCRIPT));
            client.expectError(1);
            client.ask(daemon.address(), rrq("boot.img"));
            client.next();
            client.send(error(0, SCRIPT));
            upload.ask(daemon.address(), wrq("<b>up<b>"));
            upload.next();
            browser.await(
                    "the name of a refused file",
                    row("recent", "window.hacked=1</script>", "row.innerText.includes('refused')"));
            browser.await("the text of an error", row("recent", "boot.img", "row.innerText.includes('window.hacked')"));
            browser.await("the name of a running transfer", row("running", "<b>up<b>", "true"));
        }
        assertThat(browser.text("window.hacked")).isEqualTo("null");
        assertThat(browser.text("document.title")).contains("running");
        assertThat(
                        browser.text(
                                "document.querySelectorAll('main script, main img, main b:not(.legend b, label b, .verdict b)').length"))
                .isEqualTo("0");
        browser.run("const script = document.createElement('script'); script.textContent = 'window.hacked = 1';"
                + " document.body.append(script)");
        assertThat(browser.text("window.hacked")).as("an inline script").isEqualTo("null");
        assertThat(browser.console()).anyMatch(line -> line.contains("Content Security Policy"));
    }

    @Test
    void rows_are_filtered_and_sorted_by_keyboard() {
        try (RawSocketPeer one = download("boot.img", 10);
                RawSocketPeer two = download("other.bin", 50)) {
            assertThat(one.port()).isNotEqualTo(two.port());
            openPage();
            browser.await("two rows", "document.querySelectorAll('" + RUNNING + "').length === 2");
            assertThat(browser.text("document.querySelector('" + RUNNING + "').innerText"))
                    .as("the oldest")
                    .contains("boot.img");
            browser.run(
                    "[...document.querySelectorAll('#running-table th button')].find(b => b.innerText === 'Progress').focus()");
            browser.focused().sendKeys(Keys.ENTER);
            assertThat(browser.text("document.querySelector('#running-table [aria-sort=descending]').innerText"))
                    .isEqualTo("Progress");
            browser.await(
                    "the largest part first",
                    "document.querySelector('" + RUNNING + "').innerText.includes('other.bin')");
            browser.focused().sendKeys(Keys.SPACE);
            browser.await(
                    "the smallest part first",
                    "document.querySelector('" + RUNNING + "').innerText.includes('boot.img')");
            browser.focused().sendKeys("/");
            assertThat(browser.focused().getAttribute("id")).isEqualTo("filter");
            browser.focused().sendKeys("READ Other");
            browser.await("one row", "document.querySelectorAll('" + RUNNING + "').length === 1");
            browser.await("the number of all", "document.querySelector('#running-count').innerText === '1 of 2'");
            browser.focused().sendKeys(" nothing");
            browser.await(
                    "an honest empty table",
                    "document.querySelector('#running-empty').innerText.includes('matches the filter')");
        }
    }

    @Test
    void of_more_transfers_than_a_snapshot_has_the_server_selects_those_to_show() {
        List<RawSocketPeer> clients = new ArrayList<>();
        try {
            for (int i = 0; i < MANY; i++) {
                clients.add(download(i < MANY - 1 ? "boot.img" : "other.bin", 0));
            }
            openPage();
            browser.await("the first rows", "document.querySelectorAll('" + RUNNING + "').length === 25");
            browser.await("the number of all", "document.querySelector('#running-count').innerText === '" + MANY + "'");
            browser.find("#filter").sendKeys("other.bin");
            browser.await("the last one", row("running", "other.bin", "true"));
            browser.await(
                    "the number of all", "document.querySelector('#running-count').innerText === '1 of " + MANY + "'");
            browser.find("#filter").clear();
            browser.await("all again", "document.querySelectorAll('" + RUNNING + "').length === 25");
            browser.run("document.querySelector('#running-more').click()");
            browser.await("all rows", "document.querySelectorAll('" + RUNNING + "').length === " + MANY);
        } finally {
            clients.forEach(RawSocketPeer::close);
        }
    }

    @Test
    void the_page_is_stale_without_the_daemon_and_connects_again_to_the_next_one() {
        int port;
        try (Daemon first = Daemon.serving(root, "--http", "0", "--drain", "2");
                RawSocketPeer client = new RawSocketPeer()) {
            port = httpPort(first);
            client.ask(first.address(), rrq("boot.img"));
            client.next();
            browser.view(1280, 1000, false).open("http://127.0.0.1:" + port + "/");
            browser.await("live", "document.querySelector('#status').innerText === 'Live'");
            browser.await("a row", "document.querySelectorAll('" + RUNNING + "').length === 1");
            first.interrupt();
            browser.await("the drain", "document.querySelector('#status').innerText === 'Draining'");
            browser.await("stale", "document.querySelector('#status').innerText === 'Stale'");
            browser.await(
                    "a notice",
                    "document.querySelector('#notice').innerText.startsWith('No connection to tftpd since')");
            assertThat(browser.text("document.querySelector('#addresses').innerText"))
                    .as("the last state")
                    .isEqualTo("127.0.0.1:" + first.port());
        }
        try (Daemon second = Daemon.serving(root, "--http", Integer.toString(port))) {
            browser.await("live again", "document.querySelector('#status').innerText === 'Live'");
            browser.await("the new state", "document.querySelectorAll('" + RUNNING + "').length === 0");
            browser.await("no notice", "!document.querySelector('#notice').checkVisibility()");
            browser.await(
                    "the new address",
                    "document.querySelector('#addresses').innerText === '127.0.0.1:" + second.port() + "'");
        }
    }

    @Test
    void other_sites_neither_read_nor_frame_the_page() {
        String port = page.replaceAll("\\D+127.0.0.1:(\\d+)/", "$1");
        for (String host : List.of("evil.test", "127.evil.test")) {
            browser.open("http://" + host + ":" + port + "/");
            assertThat(browser.text("document.body.innerText")).as(host).contains("host not allowed");
        }
        browser.open("http://localhost:" + port + "/healthz");
        assertThat(browser.text("document.body.innerText")).startsWith("ok");
        assertThat(fetch(page + "api/transfers")).as("another origin").contains("TypeError");
        browser.run(
                "const frame = document.createElement('iframe'); frame.src = arguments[0]; document.body.append(frame)",
                page);
        browser.open("data:text/html,<iframe src='" + page + "'></iframe>");
        browser.enterFrame(0);
        assertThat(browser.text("document.documentElement.innerText")).doesNotContain("Running transfers");
        openPage();
        assertThat(fetch(page + "api/transfers")).as("the same origin").startsWith("{\"count\":");
        assertThat(fetch("http://localhost:" + port + "/api/transfers"))
                .as("another name")
                .contains("TypeError");
    }

    private static String fetch(String uri) {
        browser.run(
                "window.answer = ''; fetch(arguments[0]).then(reply => reply.text()).catch(String).then(text => { window.answer = text; })",
                uri);
        browser.await("an answer", "window.answer");
        return browser.text("window.answer");
    }

    @Test
    void a_page_with_a_token_is_shown_to_those_who_have_it_and_does_not_reveal_it() throws IOException {
        Path token = Files.writeString(root.resolve("token"), TOKEN + "\n");
        try (Daemon closed = Daemon.serving(root, "--http", "0", "--http-token-file", token.toString())) {
            int port = httpPort(closed);
            browser.open("http://localhost:" + port + "/");
            assertThat(browser.text("document.documentElement.innerText")).doesNotContain("Running transfers");
            browser.open("http://admin:" + TOKEN + "@localhost:" + port + "/");
            browser.await("events with the token", "document.querySelector('#status').innerText === 'Live'");
            assertThat(browser.text("location.href + document.documentElement.outerHTML"))
                    .doesNotContain(TOKEN);
            assertThat(closed.printed()).doesNotContain(TOKEN);
        }
    }

    @ParameterizedTest
    @CsvSource({"1280, false", "1280, true", "380, false", "380, true"})
    void axe_finds_no_serious_fault_and_nothing_is_wider_than_the_window(int width, boolean dark) throws IOException {
        String linters = System.getenv().getOrDefault("LINTERS", "/tmp/lockstep-linters/node_modules/.bin");
        Path axe = Path.of(linters).resolveSibling("axe-core/axe.min.js");
        Tool.require(Files.exists(axe), "axe-core");
        try (RawSocketPeer client = download("boot.img", 20)) {
            client.talkTo(client.peer());
            try (RawSocketPeer refused = new RawSocketPeer()) {
                refused.ask(daemon.address(), rrq("missing.img"));
                refused.expectError(1);
            }
            browser.view(width, 1400, dark).open(page);
            browser.await(
                    "rows",
                    "document.querySelectorAll('" + RUNNING + "').length === 1"
                            + " && document.querySelectorAll('#recent-table tbody tr').length > 0");
            browser.find("#explain [name=client]").sendKeys("192.0.2.7");
            browser.find("#explain [name=file]").sendKeys("a.key", Keys.ENTER);
            browser.await("an answer", "document.querySelector('#answer').innerText.startsWith('Refused')");
            assertThat(browser.text("document.documentElement.scrollWidth - innerWidth"))
                    .isEqualTo("0");
            assertThat(browser.text("getComputedStyle(document.body).backgroundColor"))
                    .isEqualTo(dark ? "rgb(18, 21, 26)" : "rgb(246, 247, 249)");
            browser.run(Files.readString(axe));
            browser.run("axe.run().then(result => { window.faults = result.violations; })");
            browser.await("the result", "window.faults");
            Object faults = browser.run(
                    "return window.faults.filter(each => ['serious', 'critical'].includes(each.impact))"
                            + ".map(each => each.id + ': ' + each.nodes.map(node => node.html + ' ' + node.failureSummary).join('; '))");
            assertThat(faults).isEqualTo(List.of());
            assertThat((Long) browser.run("return axe.getRules().length")).isGreaterThan(50);
        }
    }

    @Test
    void a_page_says_that_there_are_too_many_viewers() throws IOException {
        browser.open("about:blank"); // the previous page is a viewer, too
        int port = URI.create(page).getPort();
        List<Socket> viewers = new ArrayList<>();
        long deadline = System.nanoTime() + RawSocketPeer.REPLY_TIMEOUT.toNanos();
        while (viewers.size() < VIEWERS) { // until the place of the previous page is free
            assertThat(System.nanoTime()).as("viewers: " + viewers.size()).isLessThan(deadline);
            Socket viewer = new Socket(InetAddress.getLoopbackAddress(), port);
            viewer.getOutputStream()
                    .write("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            viewer.getInputStream().skipNBytes("HTTP/1.1 ".length());
            String status = new String(viewer.getInputStream().readNBytes(3), StandardCharsets.US_ASCII);
            if (status.equals("200")) {
                viewers.add(viewer);
            } else {
                viewer.close();
            }
        }
        browser.view(1280, 1000, false).open(page);
        browser.await("a notice", "document.querySelector('#notice').innerText.includes('too many viewers')");
        for (Socket viewer : viewers) {
            viewer.close();
        }
        browser.await("live", "document.querySelector('#status').innerText === 'Live'");
    }
}
