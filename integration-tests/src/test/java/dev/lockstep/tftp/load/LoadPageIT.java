package dev.lockstep.tftp.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.client.load.FailCondition;
import dev.lockstep.tftp.client.load.LoadPlan;
import dev.lockstep.tftp.client.load.LoadResult;
import dev.lockstep.tftp.client.load.LoadSchedule;
import dev.lockstep.tftp.client.load.Target;
import dev.lockstep.tftp.client.load.report.LoadJson;
import dev.lockstep.tftp.client.load.report.LoadJsonReader;
import dev.lockstep.tftp.client.load.report.LoadMerge;
import dev.lockstep.tftp.client.load.report.LoadPage;
import dev.lockstep.tftp.client.load.report.LoadReport;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.harness.Browser;
import dev.lockstep.tftp.internal.impairment.LinkImpairment;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.server.TftpServer;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.WriteRules;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page of a real load run in a real browser. */
class LoadPageIT {
    private static final int PHONE = 380;
    private static final int DESKTOP = 1280;
    private static final String STREAM = ">> stream\n";
    private static final byte ZLIB = 0x78;
    private static final int HEIGHT = 2800;
    /** The pixels that a reader would have to scroll sideways for. */
    private static final String OVERFLOW =
            "Math.max(...[...document.querySelectorAll('*')].map(e => e.getBoundingClientRect().right)) - innerWidth";

    @TempDir
    private static Path folder;

    private static Browser browser;
    private static Path page;
    private static String json;

    @BeforeAll
    static void makeLoad() throws Exception {
        MemoryStorage storage = new MemoryStorage(1 << 20, WriteRules.READ_ONLY);
        storage.put("boot.img", new byte[50_000]);
        try (TftpServer server = TftpServer.builder()
                .storage(storage)
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .start()) {
            String uri = "tftp://127.0.0.1:" + server.port();
            LoadPlan plan = new LoadPlan(
                    List.of(
                            Target.parse(uri + "/boot.img@9", TransferMode.OCTET),
                            Target.parse(uri + "/nothing.img@1", TransferMode.OCTET)),
                    new LoadSchedule(20, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO, 1500),
                    Source.UNKNOWN_SIZE,
                    Optional.empty(),
                    Optional.empty(),
                    LinkImpairment.NONE);
            LoadResult result = LoadIT.run(plan);
            LoadReport report = new LoadReport(
                    "in.tftpd 5.2",
                    result,
                    "tftp load " + uri + "/boot.img@9 " + uri + "/nothing.img@1 --fail-if 'p99>1us'",
                    "tftp 1.0",
                    Instant.parse("2026-01-02T03:04:05Z"),
                    "host: 2 cores",
                    List.of(FailCondition.parse("p99>1us"), FailCondition.parse("rate<0.001")),
                    List.of());
            json = LoadJson.of(report);
            page = Files.writeString(folder.resolve("load.html"), LoadPage.of(report));
        }
    }

    @Test
    void the_page_shows_the_numbers_of_the_json_and_draws_every_chart() throws Exception {
        open(DESKTOP, false);
        assertThat(browser.console()).isEmpty();
        String shown = browser.text("document.documentElement.outerHTML");
        assertThat(shown).contains("data-drawn=\"4\"").contains("Throughput over time");
        assertThat(figure(shown, "complete")).isEqualTo(whole(number("completed")));
        assertThat(figure(shown, "failed")).isEqualTo(whole(number("failed")));
        assertThat(figure(shown, "transfers/s"))
                .isEqualTo(String.format(Locale.US, "%,.1f", number("transfers_per_second")));
        assertThat(figure(shown, "seconds")).isEqualTo(String.format(Locale.US, "%,.2f", number("seconds")));
        assertThat(shown)
                .as("percentiles, also that of a file")
                .contains("<td>" + String.format(Locale.US, "%,.2f", latency("p99")) + "</td>")
                .contains("<td data-name=\"p99 ms\">–</td>");
        assertThat(shown)
                .as("failures first, and once")
                .containsOnlyOnce("<td>server sent ERROR 1 file not found</td><td>" + whole(number("failed")) + "</td>")
                .matches(Pattern.compile(
                        ".*<td>p99&gt;1us</td>.*>failed<.*<td>rate&lt;0.001</td>.*>ok<.*file not found.*data-figure=\"complete\".*",
                        Pattern.DOTALL));
        assertThat(shown)
                .as("what tells reports apart")
                .contains("--fail-if 'p99&gt;1us'</dd>", "<dd>tftp 1.0</dd>", "2026-01-02 03:04:05 UTC")
                .contains("<dd>blksize 1428, windowsize 64</dd>", "<dd>host: 2 cores</dd>")
                .contains("<title>tftp load: in.tftpd 5.2, 2026-01-02 03:04</title>", ">in.tftpd 5.2</h1>")
                .containsPattern("<p id=\"plan\">get 2 files of 127.0.0.1:\\d+ · 2026-01-02 03:04:05 UTC");
    }

    @Test
    void the_page_of_a_merge_shows_its_shards_and_those_that_are_missing() throws Exception {
        LoadReport shard = LoadJsonReader.read(json.replaceFirst("\"count\" : 1", "\"count\" : 2"));
        Path file = Path.of("shard-1.json");
        LoadReport merged = LoadMerge.of("", "tftp load merge " + file, Map.of(file, shard), List.of());
        open(DESKTOP, false, Files.writeString(folder.resolve("merged.html"), LoadPage.of(merged)));
        assertThat(browser.console()).isEmpty();
        assertThat(browser.text("document.documentElement.outerHTML"))
                .contains("data-drawn=\"4\"", "<p>no result of shards 2</p>")
                .contains("<td data-name=\"shard\">1 (begun after 0.00 s): host: 2 cores</td>")
                .contains("<td data-name=\"complete\">" + whole(number("completed")) + "</td>");
    }

    @ParameterizedTest
    @ValueSource(ints = {PHONE, DESKTOP})
    void the_page_fits_the_width_and_follows_the_colour_scheme(int width) throws Exception {
        BufferedImage light = picture(width, false);
        BufferedImage dark = picture(width, true);
        assertThat(brightness(light)).isGreaterThan(200);
        assertThat(brightness(dark)).isLessThan(80);
        assertThat(pixelsOf(light, 0x1f6feb)).as("curves and bars").isGreaterThan(500);
        assertThat(pixelsOf(dark, 0x6cb0ff)).as("curves and bars").isGreaterThan(500);
    }

    @Test
    void a_dark_page_is_printed_in_light_colours_on_few_sheets() throws Exception {
        open(DESKTOP, true);
        String pdf = new String(browser.print(), StandardCharsets.ISO_8859_1);
        assertThat(match("/Count (\\d+)", pdf)).as("sheets").isBetween(1.0, 4.0);
        assertThat(contentOf(pdf))
                .as("colours of the text on a light and on a dark page")
                .contains(".1059 .1216 .1412 rg")
                .doesNotContain(".9098 .9216 .9373 rg");
    }

    /** Returns the text of all compressed streams of a PDF. */
    private static String contentOf(String pdf) throws Exception {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (int at = pdf.indexOf(STREAM); at >= 0; at = pdf.indexOf(STREAM, at + 1)) {
            byte[] stream = pdf.substring(at + STREAM.length(), pdf.indexOf("endstream", at))
                    .getBytes(StandardCharsets.ISO_8859_1);
            if (stream[0] == ZLIB) {
                new InflaterInputStream(new ByteArrayInputStream(stream)).transferTo(content);
            }
        }
        return content.toString(StandardCharsets.ISO_8859_1);
    }

    /** Takes a picture and checks that nothing is wider than the window. */
    private static BufferedImage picture(int width, boolean dark) {
        open(width, dark);
        assertThat(Double.parseDouble(browser.text(OVERFLOW))).isLessThanOrEqualTo(0);
        return browser.picture();
    }

    private static void open(int width, boolean dark) {
        open(width, dark, page);
    }

    private static void open(int width, boolean dark, Path page) {
        if (browser == null) {
            browser = Browser.start();
        }
        browser.view(width, HEIGHT, dark).open(page.toUri().toString());
    }

    @AfterAll
    static void closeBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    private static double number(String field) {
        return match("\"" + field + "\" : ([0-9.]+)", json);
    }

    private static double latency(String percentile) {
        return match("\"latency_ms\" : \\{[^}]*\"" + Pattern.quote(percentile) + "\" : ([0-9.]+)", json);
    }

    private static double match(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as(pattern).isTrue();
        return Double.parseDouble(matcher.group(1));
    }

    private static String figure(String shown, String name) {
        Matcher matcher =
                Pattern.compile("data-figure=\"" + name + "\">([^<]*)<").matcher(shown);
        assertThat(matcher.find()).as(name).isTrue();
        return matcher.group(1);
    }

    private static String whole(double value) {
        return String.format(Locale.US, "%,d", (long) value);
    }

    private static double brightness(BufferedImage image) {
        int[] pixels = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        long sum = 0;
        for (int pixel : pixels) {
            sum += (pixel >> 16 & 0xFF) + (pixel >> 8 & 0xFF) + (pixel & 0xFF);
        }
        return sum / 3.0 / pixels.length;
    }

    private static long pixelsOf(BufferedImage image, int color) {
        int[] pixels = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        long count = 0;
        for (int pixel : pixels) {
            count += (pixel & 0xFFFFFF) == color ? 1 : 0;
        }
        return count;
    }
}
