package dev.lockstep.tftp.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A real Chromium without a window. Use one for a test class: a start takes a second. */
public final class Browser implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    /** Selenium warns that it knows no developer tools of this version, of which only two commands are used. */
    private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");

    private final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
        driver.manage().timeouts().scriptTimeout(LIMIT.plusSeconds(5));
    }

    /** Starts a browser; skips the test if Chromium or its driver is missing. */
    public static Browser start(String... flags) {
        SELENIUM.setLevel(Level.SEVERE);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(Tool.named("chromium"));
        options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars");
        options.addArguments(flags);
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(new File(Tool.named("chromedriver")))
                .build();
        return new Browser(new ChromeDriver(service, options));
    }

    /** Sets the size of the page and the colour scheme that it is to follow. */
    public Browser view(int width, int height, boolean dark) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        String scheme = dark ? "dark" : "light";
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
        return this;
    }

    public Browser open(String uri) {
        driver.get(uri);
        return this;
    }

    /** Returns the result of a script in the page. */
    public Object run(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    /** Returns the result of a script that is not true or false as text. */
    public String text(String expression) {
        return String.valueOf(run("return " + expression));
    }

    /** Waits until an expression in the page is true. */
    public void await(String what, String condition) {
        Object met = driver.executeAsyncScript(
                "const done = arguments[arguments.length - 1], end = Date.now() + "
                        + LIMIT.toMillis() + "; (function check() { let met = false; try { met = " + condition
                        + "; } catch (unknown) {} if (met || Date.now() > end) done(Boolean(met)); else setTimeout(check, 50); })();");
        assertThat(met)
                .as(what + ": " + condition + " in:\n" + text("document.body.innerText"))
                .isEqualTo(true);
    }

    /** Returns the first element that a CSS selector finds. */
    public WebElement find(String selector) {
        return driver.findElement(By.cssSelector(selector));
    }

    /** Returns the element that has the keyboard focus. */
    public WebElement focused() {
        return driver.switchTo().activeElement();
    }

    /** Runs the following scripts in a frame of the page, until the next page is opened. */
    public void enterFrame(int index) {
        driver.switchTo().frame(index);
    }

    /** Returns a picture of the page as large as its view. */
    public BufferedImage picture() {
        try {
            return ImageIO.read(new ByteArrayInputStream(result("Page.captureScreenshot")));
        } catch (IOException e) {
            throw new IllegalStateException(e); // not thrown by a stream in memory
        }
    }

    /** Returns the page as a PDF. */
    public byte[] print() {
        return result("Page.printToPDF");
    }

    private byte[] result(String command) {
        Object data = driver.executeCdpCommand(command, Map.of()).get("data");
        return Base64.getDecoder().decode(data.toString());
    }

    /** Returns the messages of the console since the last call: errors of scripts, violations of the policy. */
    public List<String> console() {
        return StreamSupport.stream(driver.manage().logs().get(LogType.BROWSER).spliterator(), false)
                .map(LogEntry::getMessage)
                .toList();
    }

    @Override
    public void close() {
        driver.quit();
    }
}
