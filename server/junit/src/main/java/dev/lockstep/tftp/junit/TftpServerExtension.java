package dev.lockstep.tftp.junit;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.platform.commons.support.AnnotationSupport;
import org.opentest4j.TestAbortedException;

/**
 * A server as a field of a test class, for example if a test needs two of them or settings that {@link TftpServerTest}
 * does not have. In a static field it is shared by all tests of the class and reset before each; in another field, each
 * test has a server of its own.
 *
 * <pre>{@code
 * // annotated with RegisterExtension
 * static TftpServerExtension mirror = TftpServerExtension.with(TftpFixture.builder().port(6969));
 * }</pre>
 *
 * <p>Parameters of tests get the server of the annotation, or else that of the first field.
 */
public final class TftpServerExtension
        implements BeforeAllCallback,
                BeforeEachCallback,
                ParameterResolver,
                TestExecutionExceptionHandler,
                LifecycleMethodExecutionExceptionHandler {
    private static final Namespace NAMESPACE = Namespace.create(TftpServerExtension.class);
    private static final String FIRST = "first";
    private static final String SHARED = "shared";
    private static final String OWN = "own";
    private static final String RESOURCES = "resources";

    /** The settings of a field; null for the annotation. */
    private final TftpFixtureBuilder settings;

    private volatile TftpFixture current;

    /** Called by JUnit for the annotation. */
    TftpServerExtension() {
        this(null);
    }

    private TftpServerExtension(TftpFixtureBuilder settings) {
        this.settings = settings;
    }

    /** {@return an extension with the default settings, for a field with {@code @RegisterExtension}} */
    public static TftpServerExtension create() {
        return with(TftpFixture.builder());
    }

    /**
     * {@return an extension for a field with {@code @RegisterExtension}}
     *
     * @param settings the settings of the server
     */
    public static TftpServerExtension with(TftpFixtureBuilder settings) {
        return new TftpServerExtension(settings);
    }

    /**
     * {@return the server of this field}
     *
     * @throws IllegalStateException if no test is running
     */
    public TftpFixture fixture() {
        TftpFixture running = current;
        if (running == null) {
            throw new IllegalStateException(
                    "no server (expected: a running test, and a field with @RegisterExtension)");
        }
        return running;
    }

    /**
     * Closed by JUnit with its store. JUnit 5.12 and earlier look for the first interface, later versions for the second
     * one.
     *
     * @param fixture null for the threads of all fixtures
     * @param closing called when the store is closed
     */
    private record Held(TftpFixture fixture, Runnable closing) implements Store.CloseableResource, AutoCloseable {
        @Override
        public void close() {
            closing.run();
        }
    }

    private static Store storeOf(ExtensionContext context) {
        return context.getStore(NAMESPACE);
    }

    private static TftpFixture held(ExtensionContext context, Object key) {
        Held held = storeOf(context).get(key, Held.class);
        return held == null ? null : held.fixture;
    }

    private static TftpFixture start(ExtensionContext context, Object key, TftpFixtureBuilder settings) {
        // the threads of the servers are used again until the last test has ended
        storeOf(context.getRoot())
                .getOrComputeIfAbsent(RESOURCES, any -> new Held(null, SharedResources.acquire()::close));
        TftpFixture fixture = settings.start();
        storeOf(context).put(key, new Held(fixture, fixture::close));
        return fixture;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        if (settings != null) {
            storeOf(context).getOrComputeIfAbsent(FIRST, any -> this);
            if (held(context, this) == null) { // a nested class uses that of the class around it
                current = start(context, this, settings);
            }
            return;
        }
        Class<?> type = context.getRequiredTestClass();
        AnnotationSupport.findAnnotation(type, TftpServerTest.class)
                .filter(TftpServerTest::shared)
                .ifPresent(annotation -> start(context, SHARED, TftpFixtureBuilder.of(annotation)));
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        if (settings == null) {
            TftpServerTest annotation = annotationOf(context).orElseThrow();
            if (annotation.shared() && annotation.reset()) {
                reset(held(context, SHARED), context);
            }
            return;
        }
        storeOf(context).getOrComputeIfAbsent(FIRST, any -> this);
        TftpFixture shared = held(context, this);
        if (shared != null) {
            reset(shared, context);
        } else {
            current = start(context, this, settings);
        }
    }

    private static void reset(TftpFixture fixture, ExtensionContext context) {
        boolean parallel = context.getExecutionMode() == ExecutionMode.CONCURRENT
                && context.getConfigurationParameter("junit.jupiter.execution.parallel.enabled")
                        .map(Boolean::parseBoolean)
                        .orElse(false);
        if (parallel) {
            throw new ExtensionConfigurationException(
                    "tests that run in parallel share a server that is reset before each (expected: a server for each"
                            + " test, or @Execution(SAME_THREAD), or @TftpServerTest(shared = true, reset = false))");
        }
        fixture.reset();
    }

    /** Returns the annotation of the test class, or of the nearest class around it that has one. */
    private static Optional<TftpServerTest> annotationOf(ExtensionContext context) {
        for (Optional<ExtensionContext> each = Optional.of(context);
                each.isPresent();
                each = each.get().getParent()) {
            Optional<TftpServerTest> found = each.get()
                    .getTestClass()
                    .flatMap(type -> AnnotationSupport.findAnnotation(type, TftpServerTest.class));
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        boolean isOurs =
                parameter.getParameter().getType() == TftpFixture.class || parameter.isAnnotated(TftpAddress.class);
        boolean isFirst = settings == null
                || annotationOf(context).isEmpty() && storeOf(context).get(FIRST) == this;
        return isOurs && isFirst;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        TftpFixture fixture = settings == null ? ofAnnotation(context) : fixture();
        return parameter.isAnnotated(TftpAddress.class)
                ? addressFor(parameter.getParameter().getType(), fixture)
                : fixture;
    }

    private static TftpFixture ofAnnotation(ExtensionContext context) {
        TftpServerTest annotation = annotationOf(context).orElseThrow();
        if (annotation.shared()) {
            return held(context, SHARED);
        }
        if (context.getTestMethod().isEmpty()) {
            throw new ParameterResolutionException(
                    "each test has a server of its own (expected: @TftpServerTest(shared = true) for a parameter of a"
                            + " constructor or of a @BeforeAll or @AfterAll method)");
        }
        TftpFixture own = held(context, OWN);
        return own != null ? own : start(context, OWN, TftpFixtureBuilder.of(annotation));
    }

    private static Object addressFor(Class<?> type, TftpFixture fixture) {
        if (type == int.class || type == Integer.class) {
            return fixture.port();
        } else if (type == InetSocketAddress.class) {
            return fixture.address();
        } else if (type == URI.class) {
            return fixture.uri("");
        } else if (type == String.class) {
            return fixture.uri("").getAuthority();
        }
        throw new ParameterResolutionException(
                "@TftpAddress " + type.getName() + " (expected: int, InetSocketAddress, URI or String)");
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw withPackets(context, failure);
    }

    @Override
    public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw withPackets(context, failure);
    }

    @Override
    public void handleAfterEachMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw withPackets(context, failure);
    }

    private Throwable withPackets(ExtensionContext context, Throwable failure) {
        if (!(failure instanceof TestAbortedException)) {
            for (Object key : settings == null ? new Object[] {SHARED, OWN} : new Object[] {this}) {
                TftpFixture fixture = held(context, key);
                if (fixture != null) {
                    RecordedPackets.addTo(failure, fixture);
                }
            }
        }
        return failure;
    }
}
