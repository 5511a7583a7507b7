package dev.lockstep.tftp.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives the tests of a class a TFTP server on a free port of the loopback interface, with its files in memory. A test or
 * a method such as {@code @BeforeEach} has a parameter of the type {@link TftpFixture}, or one annotated with {@link
 * TftpAddress}.
 *
 * <p>By default, each test has a server of its own, also if tests run in parallel. {@code @Nested} classes use the
 * annotation of the class around them, unless they have one themselves. If a test fails, its stack trace shows the
 * packets.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(TftpServerExtension.class)
public @interface TftpServerTest {
    /**
     * {@return whether all tests of the class, and of its nested classes, use one server} It starts before
     * {@code @BeforeAll} methods, which then may have a parameter for it.
     */
    boolean shared() default false;

    /**
     * {@return whether a shared server is {@linkplain TftpFixture#reset reset} before each test} It must be false for
     * tests of one class that run in parallel and share a server.
     */
    boolean reset() default true;

    /** {@return the address to listen on} */
    String host() default TftpFixtureBuilder.LOOPBACK;

    /** {@return the port to listen on; 0 takes a free one} */
    int port() default 0;

    /** {@return a folder on the class path whose files are served, such as {@code firmware}; empty for none} */
    String resources() default "";

    /** {@return whether uploads are refused} */
    boolean readOnly() default false;

    /** {@return the seed of random impairment} */
    long seed() default 0;
}
