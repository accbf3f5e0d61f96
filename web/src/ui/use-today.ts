import { useEffect, useState } from 'react';

/** The start of the viewer's day in milliseconds; changes at midnight. */
export function useToday(): number {
  const [today, setToday] = useState(startOfDay);
  useEffect(() => {
    const timer = setTimeout(() => setToday(startOfDay()), nextDay(today) - Date.now());
    return () => clearTimeout(timer);
  }, [today]);
  return today;
}

const startOfDay = (): number => new Date().setHours(0, 0, 0, 0);

/** Counts by calendar: a day with a clock change has 23 or 25 hours. */
function nextDay(today: number): number {
  const day = new Date(today);
  return day.setDate(day.getDate() + 1);
}
