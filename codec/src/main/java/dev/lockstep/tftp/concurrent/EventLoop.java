package dev.lockstep.tftp.concurrent;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The method is called on the event loop of the transfer or socket that it belongs to, and must not block. On a type:
 * all of its methods, unless they have an annotation of their own. Together with {@link ThreadSafe}: it may be called on
 * several event loops, or any other thread, at the same time, and must not block.
 */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface EventLoop {}
