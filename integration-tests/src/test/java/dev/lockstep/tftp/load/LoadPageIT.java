package dev.lockstep.tftp.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.client.load.LoadPlan;
import dev.lockstep.tftp.client.load.LoadResult;
import dev.lockstep.tftp.client.load.LoadSchedule;
import dev.lockstep.tftp.client.load.Target;
import dev.lockstep.tftp.client.load.impairment.LinkImpairment;
import dev.lockstep.tftp.client.load.report.LoadJson;
import dev.lockstep.tftp.client.load.report.LoadPage;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.harness.Tool;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.server.TftpServer;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.WriteRules;
import java.awt.image.BufferedImage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of a real load run in a real browser. */
class LoadPageIT {
    private static final int WIDTH = 1160;
    private static final int HEIGHT = 1500;

    @TempDir
    private static Path folder;

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
            json = LoadJson.of(result);
            page = Files.writeString(folder.resolve("load.html"), LoadPage.of(result));
        }
    }

    @Test
    void the_page_shows_the_numbers_of_the_json_and_draws_every_chart() throws Exception {
        String shown = browse(List.of("--dump-dom"));
        assertThat(shown).contains("data-drawn=\"3\"").doesNotContain("CONSOLE").contains("Throughput over time");
        assertThat(figure(shown, "complete")).isEqualTo(whole(number("completed")));
        assertThat(figure(shown, "failed")).isEqualTo(whole(number("failed")));
        assertThat(figure(shown, "transfers/s"))
                .isEqualTo(String.format(Locale.US, "%,.1f", number("transfers_per_second")));
        assertThat(figure(shown, "seconds")).isEqualTo(String.format(Locale.US, "%,.2f", number("seconds")));
        assertThat(shown)
                .contains("<td>" + String.format(Locale.US, "%,.2f", latency("p99")) + "</td>")
                .contains("<td>server sent ERROR 1 file not found</td><td>" + whole(number("failed")) + "</td>");
    }

    @Test
    void the_page_follows_the_colour_scheme_of_the_browser() throws Exception {
        BufferedImage light = picture("light.png", 1);
        BufferedImage dark = picture("dark.png", 0);
        assertThat(brightness(light)).isGreaterThan(200);
        assertThat(brightness(dark)).isLessThan(80);
    }

    @Test
    void curves_and_bars_are_there_in_both_schemes() throws Exception {
        assertThat(pixelsOf(picture("light.png", 1), 0x1f6feb)).isGreaterThan(1000);
        assertThat(pixelsOf(picture("dark.png", 0), 0x6cb0ff)).isGreaterThan(1000);
    }

    private static BufferedImage picture(String name, int scheme) throws Exception {
        Path file = folder.resolve(name);
        browse(List.of("--screenshot=" + file, "--blink-settings=preferredColorScheme=" + scheme));
        return ImageIO.read(file.toFile());
    }

    /** Returns the output of the browser, including its console. */
    private static String browse(List<String> flags) throws Exception {
        List<String> command =
                new ArrayList<>(List.of(Tool.named("chromium"), "--headless", "--no-sandbox", "--disable-gpu"));
        command.addAll(List.of("--hide-scrollbars", "--window-size=" + WIDTH + "," + HEIGHT));
        command.addAll(List.of("--enable-logging=stderr", "--user-data-dir=" + folder.resolve("browser")));
        command.addAll(flags);
        command.add(page.toUri().toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
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
