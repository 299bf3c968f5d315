package parley.transport;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.apache.mina.core.session.AbstractIoSession;
import org.apache.mina.core.session.DefaultIoSessionDataStructureFactory;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.session.IoSessionAttributeMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a session's attributes: the few {@link SessionAttribute}s in an array, found by identity,
 * all others in a map of MINA's that is made for the first one. Any thread may call.
 */
final class Attributes implements IoSessionAttributeMap {

  private static final Object[] NONE = {};

  /** Keys and values in turn; never changed, but replaced under the lock. */
  private volatile @Nullable Object[] own = NONE;

  private volatile @Nullable IoSessionAttributeMap others;

  /** The attributes of a session, if they are kept here. */
  static @Nullable Attributes of(IoSession session) {
    return session instanceof AbstractIoSession own
            && own.getAttributeMap() instanceof Attributes attributes
        ? attributes
        : null;
  }

  /** The value of an attribute, or null if it has none. */
  @Nullable Object get(SessionAttribute<?> key) {
    Object[] pairs = own;
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i] == key) {
        return pairs[i + 1];
      }
    }
    return null;
  }

  @Override
  public @Nullable Object getAttribute(
      IoSession session, Object key, @Nullable Object defaultValue) {
    if (key instanceof SessionAttribute<?> known && defaultValue == null) {
      return get(known);
    }
    if (defaultValue == null) {
      IoSessionAttributeMap map = others;
      return map == null ? null : map.getAttribute(session, key, null);
    }
    Object before = setAttributeIfAbsent(session, key, defaultValue);
    return before == null ? defaultValue : before;
  }

  @Override
  public @Nullable Object setAttribute(IoSession session, Object key, @Nullable Object value) {
    if (key instanceof SessionAttribute<?> known) {
      synchronized (this) {
        Object before = get(known);
        put(known, value);
        return before;
      }
    }
    return others(session).setAttribute(session, key, value);
  }

  @Override
  public @Nullable Object setAttributeIfAbsent(
      IoSession session, Object key, @Nullable Object value) {
    if (key instanceof SessionAttribute<?> known) {
      synchronized (this) {
        Object before = get(known);
        if (before == null) {
          put(known, value);
        }
        return before;
      }
    }
    return others(session).setAttributeIfAbsent(session, key, value);
  }

  @Override
  public @Nullable Object removeAttribute(IoSession session, Object key) {
    if (key instanceof SessionAttribute<?>) {
      return setAttribute(session, key, null);
    }
    IoSessionAttributeMap map = others;
    return map == null ? null : map.removeAttribute(session, key);
  }

  @Override
  public boolean removeAttribute(IoSession session, Object key, Object value) {
    if (key instanceof SessionAttribute<?> known) {
      return replace(known, value, null);
    }
    IoSessionAttributeMap map = others;
    return map != null && map.removeAttribute(session, key, value);
  }

  @Override
  public boolean replaceAttribute(IoSession session, Object key, Object oldValue, Object newValue) {
    if (key instanceof SessionAttribute<?> known) {
      return replace(known, oldValue, newValue);
    }
    IoSessionAttributeMap map = others;
    return map != null && map.replaceAttribute(session, key, oldValue, newValue);
  }

  /** Compares outside the lock: {@code equals} is the value's own. */
  private boolean replace(
      SessionAttribute<?> key, @Nullable Object expected, @Nullable Object value) {
    Object now = get(key);
    while (now != null && now.equals(expected)) {
      synchronized (this) {
        if (get(key) == now) {
          put(key, value);
          return true;
        }
      }
      now = get(key);
    }
    return false;
  }

  /** Puts, replaces or, for null, takes out. */
  private void put(SessionAttribute<?> key, @Nullable Object value) {
    Object[] pairs = own;
    int at = 0;
    while (at < pairs.length && pairs[at] != key) {
      at += 2;
    }
    Object[] next;
    if (value != null) {
      next = Arrays.copyOf(pairs, Math.max(pairs.length, at + 2));
      next[at] = key;
      next[at + 1] = value;
    } else if (at < pairs.length) {
      next = Arrays.copyOf(pairs, pairs.length - 2);
      System.arraycopy(pairs, at + 2, next, at, pairs.length - at - 2);
    } else {
      return;
    }
    own = next;
  }

  @Override
  public boolean containsAttribute(IoSession session, Object key) {
    return getAttribute(session, key, null) != null;
  }

  @Override
  public Set<Object> getAttributeKeys(IoSession session) {
    IoSessionAttributeMap map = others;
    Set<Object> keys = map == null ? new HashSet<>() : new HashSet<>(map.getAttributeKeys(session));
    Object[] pairs = own;
    for (int i = 0; i < pairs.length; i += 2) {
      keys.add(pairs[i]);
    }
    return keys;
  }

  /** MINA's own keeps all until the session goes; so do these. */
  @Override
  public void dispose(IoSession session) throws Exception {
    IoSessionAttributeMap map = others;
    if (map != null) {
      map.dispose(session);
    }
  }

  private IoSessionAttributeMap others(IoSession session) {
    IoSessionAttributeMap map = others;
    return map == null ? makeOthers(session) : map;
  }

  private synchronized IoSessionAttributeMap makeOthers(IoSession session) {
    IoSessionAttributeMap map = others;
    if (map == null) {
      try {
        map = new DefaultIoSessionDataStructureFactory().getAttributeMap(session);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      others = map;
    }
    return map;
  }
}
