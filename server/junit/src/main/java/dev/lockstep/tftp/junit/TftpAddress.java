package dev.lockstep.tftp.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Sets a parameter of a test to the address of its server: the port as {@code int}, both address and port as {@link
 * java.net.InetSocketAddress} or as {@link String} ({@code 127.0.0.1:40123}), or the {@link java.net.URI} of its root.
 */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface TftpAddress {}
